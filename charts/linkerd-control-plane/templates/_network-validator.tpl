{{- /*
linkerd-control-plane.networkValidator: the fields of the init container that waits until the CNI plugin has the
traffic of the pod redirected, beside its name, from the map of linkerd-control-plane.proxy. It listens where the proxy
will, and calls an address that should be out of reach: when it hears itself, the traffic comes to the proxy.

  - name: linkerd-network-validator
    {{- include "linkerd-control-plane.networkValidator" (dict "root" .) | nindent 8 }}
*/ -}}
{{- define "linkerd-control-plane.networkValidator" -}}
{{- $values := .root.Values }}
{{- $ipv6 := not $values.disableIPv6 }}
{{- $connect := $ipv6 | ternary "[fd00::1]:20001" "1.1.1.1:20001" }}
{{- $listen := printf "%s:%d" ($ipv6 | ternary "[::]" "0.0.0.0") (int64 $values.proxy.ports.outbound) }}
{{- $validator := $values.networkValidator }}
{{- include "linkerd-control-plane.proxyImage" .root }}
command:
- /usr/lib/linkerd/linkerd2-network-validator
args:
{{- include "linkerd-control-plane.options" (list
  (list "--log-format" $validator.logFormat)
  (list "--log-level" $validator.logLevel)
  (list "--connect-addr" ($validator.connectAddr | default $connect))
  (list "--listen-addr" ($validator.listenAddr | default $listen))
  (list "--timeout" $validator.timeout)
) | nindent 0 }}
{{- include "linkerd-control-plane.proxyResources" . | nindent 0 }}
{{- with $validator.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
