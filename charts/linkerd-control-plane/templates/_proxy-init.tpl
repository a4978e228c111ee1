{{- /*
linkerd-control-plane.proxyInit: the fields of the init container that has the traffic of the pod redirected to the
proxy, beside its name, from the map of linkerd-control-plane.proxy.

  - name: linkerd-init
    {{- include "linkerd-control-plane.proxyInit" (dict "root" .) | nindent 8 }}
*/ -}}
{{- define "linkerd-control-plane.proxyInit" -}}
{{- $values := .root.Values }}
{{- $init := $values.proxyInit }}
{{- /* To set a timeout of the kernel takes all the rights on the node that a container can have. */}}
{{- $privileged := not (and (empty $init.privileged) (empty $init.closeWaitTimeoutSecs)) }}
{{- include "linkerd-control-plane.proxyImage" .root }}
command:
- /usr/lib/linkerd/linkerd2-proxy-init
args:
{{- include "linkerd-control-plane.proxyInit.args" $values | trim | nindent 0 }}
{{- include "linkerd-control-plane.proxyResources" . | nindent 0 }}
securityContext:
  allowPrivilegeEscalation: {{ $privileged }}
  capabilities:
    add:
    - NET_ADMIN
    - NET_RAW
  privileged: {{ $privileged }}
  readOnlyRootFilesystem: true
  runAsNonRoot: {{ not $init.runAsRoot }}
  runAsUser: {{ not $init.runAsRoot | ternary (int64 $init.runAsUser) 0 }}
  runAsGroup: {{ not $init.runAsRoot | ternary (int64 $init.runAsGroup) 0 }}
  seccompProfile:
    type: RuntimeDefault
terminationMessagePolicy: FallbackToLogsOnError
volumeMounts:
- name: {{ $init.xtMountPath.name | quote }}
  mountPath: {{ $init.xtMountPath.mountPath | quote }}
{{- end }}

{{- /*
linkerd-control-plane.proxyInit.args: its arguments, from the values. The outbound traffic that goes past the proxy is
that to the Kubernetes API: proxyInit.ignoreOutboundPorts is for the pods of the data plane. Legacy iptables need no
arguments.
*/ -}}
{{- define "linkerd-control-plane.proxyInit.args" -}}
{{- $init := .proxyInit }}
{{- $ports := .proxy.ports }}
{{- $gid := .proxy.gid }}
{{- if or (kindIs "invalid" $gid) (lt (int64 $gid) 0) }}
  {{- $gid = "" }}
{{- end }}
{{- $ignoredInbound := list (int64 $ports.control) (int64 $ports.admin) $init.ignoreInboundPorts }}
{{- $firewall := get (dict "nft" "iptables-nft" "plain" "iptables" "legacy" "") (toString $init.iptablesMode) }}
{{- if not (has $init.iptablesMode (list "nft" "plain" "legacy")) }}
  {{- fail (printf "proxyInit.iptablesMode: %v is none of nft, plain and legacy" $init.iptablesMode) }}
{{- else if and $init.closeWaitTimeoutSecs (not $init.runAsRoot) }}
  {{- fail "proxyInit.closeWaitTimeoutSecs sets a timeout of the kernel, which only root may: set proxyInit.runAsRoot to true too" }}
{{- end }}
{{- with $firewall }}
- --firewall-bin-path
- {{ . }}
- --firewall-save-bin-path
- {{ . }}-save
{{- end }}
{{- if .disableIPv6 }}
- --ipv6=false
{{- end }}
{{- include "linkerd-control-plane.options" (list
  (list "--incoming-proxy-port" $ports.inbound)
  (list "--outgoing-proxy-port" $ports.outbound)
  (list "--proxy-uid" .proxy.uid)
  (list "--proxy-gid" $gid)
  (list "--inbound-ports-to-ignore" (compact $ignoredInbound | join ","))
  (list "--outbound-ports-to-ignore" $init.kubeAPIServerPorts)
  (list "--timeout-close-wait-secs" ($init.closeWaitTimeoutSecs | default ""))
  (list "--log-format" $init.logFormat)
  (list "--log-level" $init.logLevel)
  (list "--subnets-to-ignore" $init.skipSubnets)
) | nindent 0 }}
{{- end }}
