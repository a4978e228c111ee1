{{- /*
linkerd-control-plane.proxyEnv: the environment of a proxy, from the map of linkerd-control-plane.proxy. It comes in
families, each with a template of its own; all of them begin with a line break.

  env:
  {{- include "linkerd-control-plane.proxyEnv" (dict "root" . "inbound" "8080,9990") | trim | nindent 8 }}
*/ -}}
{{- define "linkerd-control-plane.proxyEnv" }}
{{- include "linkerd-control-plane.proxyEnv.pod" . }}
{{- include "linkerd-control-plane.proxyEnv.process" . }}
{{- include "linkerd-control-plane.proxyEnv.controlPlane" . }}
{{- include "linkerd-control-plane.proxyEnv.timeouts" . }}
{{- include "linkerd-control-plane.proxyEnv.listeners" . }}
{{- include "linkerd-control-plane.proxyEnv.connections" . }}
{{- include "linkerd-control-plane.proxyEnv.tracing" . }}
{{- include "linkerd-control-plane.proxyEnv.protocols" . }}
{{- include "linkerd-control-plane.proxyEnv.identity" . }}
{{- include "linkerd-control-plane.variables" (list
  (list "LINKERD2_PROXY_SHUTDOWN_GRACE_PERIOD" .root.Values.proxy.shutdownGracePeriod)
) }}
{{- with .root.Values.proxy.additionalEnv }}
{{- toYaml . | nindent 0 }}
{{- end }}
{{- with .root.Values.proxy.experimentalEnv }}
{{- toYaml . | nindent 0 }}
{{- end }}
{{- end }}

{{- /*
linkerd-control-plane.variables: variables, from pairs of a name and a value. One whose value is null or empty is left
out, so that the proxy's own default holds.
*/ -}}
{{- define "linkerd-control-plane.variables" }}
{{- /* chartkit:uncovered(zero, one) every family has several variables */}}
{{- range $pair := . }}
{{- with include "partials.text" (index $pair 1) }}
- name: {{ first $pair }}
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- /*
linkerd-control-plane.proxyEnv.pod: what the pod is called and where it runs, for the variables that follow.
*/ -}}
{{- define "linkerd-control-plane.proxyEnv.pod" }}
- name: _pod_name
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: _pod_ns
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
- name: _pod_uid
  valueFrom:
    fieldRef:
      fieldPath: metadata.uid
- name: _pod_ip
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
- name: _pod_nodeName
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
- name: _pod_containerName
  value: linkerd-proxy
{{- end }}

{{- /*
linkerd-control-plane.proxyEnv.process: worker threads, the end of the process, and its log. Headers may hold secrets,
so they are logged only where that is asked for in so many words.
*/ -}}
{{- define "linkerd-control-plane.proxyEnv.process" }}
{{- $requireTLS := .requireTLS }}
{{- $proxy := .root.Values.proxy }}
{{- $workers := ($proxy.runtime).workers }}
{{- $cores := $proxy.cores | default ($workers).minimum | default 1 }}
{{- $headers := ",[{headers}]=off,[{request}]=off" }}
{{- if eq (toString $proxy.logHTTPHeaders) "insecure" }}
  {{- $headers = "" }}
{{- else if not (has $proxy.logHTTPHeaders (list "off" "" false nil)) }}
  {{- fail (printf "proxy.logHTTPHeaders: %v is neither off nor insecure" $proxy.logHTTPHeaders) }}
{{- end }}
{{- include "linkerd-control-plane.variables" (list
  (list "LINKERD2_PROXY_CORES" $cores)
  (list "LINKERD2_PROXY_CORES_MIN" $cores)
  (list "LINKERD2_PROXY_CORES_MAX_RATIO" ($workers).maximumCPURatio)
  (list "LINKERD2_PROXY_INBOUND_PORTS_REQUIRE_IDENTITY" $proxy.requireIdentityOnInboundPorts)
  (list "LINKERD2_PROXY_INBOUND_PORTS_REQUIRE_TLS" $requireTLS)
  (list "LINKERD2_PROXY_SHUTDOWN_ENDPOINT_ENABLED" $proxy.enableShutdownEndpoint)
  (list "LINKERD2_PROXY_LOG" (printf "%s%s" $proxy.logLevel $headers))
  (list "LINKERD2_PROXY_LOG_FORMAT" $proxy.logFormat)
) }}
{{- end }}

{{- /*
linkerd-control-plane.proxyEnv.controlPlane: where the proxy asks for endpoints and policies, and about what.
*/ -}}
{{- define "linkerd-control-plane.proxyEnv.controlPlane" }}
{{- $services := printf "%s.svc.%s." .root.Release.Namespace .root.Values.clusterDomain }}
{{- $destination := printf "linkerd-dst-headless.%s:8086" $services }}
{{- $policy := printf "linkerd-policy.%s:8090" $services }}
{{- $addresses := .addresses }}
{{- $values := .root.Values }}
{{- include "linkerd-control-plane.variables" (list
  (list "LINKERD2_PROXY_DESTINATION_SVC_ADDR" (($addresses).destination | default $destination))
  (list "LINKERD2_PROXY_DESTINATION_PROFILE_NETWORKS" $values.clusterNetworks)
  (list "LINKERD2_PROXY_POLICY_SVC_ADDR" (($addresses).policy | default $policy))
) }}
- name: LINKERD2_PROXY_POLICY_WORKLOAD
  value: |
    {"ns":"$(_pod_ns)", "pod":"$(_pod_name)"}
{{- /* Whoever asks the control plane may not have an identity yet. */}}
- name: LINKERD2_PROXY_INBOUND_DEFAULT_POLICY
  value: all-unauthenticated
{{- $streams := ($values.proxy.control).streams }}
{{- include "linkerd-control-plane.variables" (list
  (list "LINKERD2_PROXY_POLICY_CLUSTER_NETWORKS" $values.clusterNetworks)
  (list "LINKERD2_PROXY_CONTROL_STREAM_INITIAL_TIMEOUT" ($streams).initialTimeout)
  (list "LINKERD2_PROXY_CONTROL_STREAM_IDLE_TIMEOUT" ($streams).idleTimeout)
  (list "LINKERD2_PROXY_CONTROL_STREAM_LIFETIME" ($streams).lifetime)
) }}
{{- end }}

{{- /*
linkerd-control-plane.proxyEnv.timeouts: how long the proxy waits for connections, keeps what it found out, and tries to
tell the protocol of a connection. The discovery caches are tuned for the data plane: here they keep fixed times.
*/ -}}
{{- define "linkerd-control-plane.proxyEnv.timeouts" }}
{{- $proxy := .root.Values.proxy }}
{{- include "linkerd-control-plane.variables" (list
  (list "LINKERD2_PROXY_INBOUND_CONNECT_TIMEOUT" $proxy.inboundConnectTimeout)
  (list "LINKERD2_PROXY_OUTBOUND_CONNECT_TIMEOUT" $proxy.outboundConnectTimeout)
  (list "LINKERD2_PROXY_OUTBOUND_DISCOVERY_IDLE_TIMEOUT" "5s")
  (list "LINKERD2_PROXY_INBOUND_DISCOVERY_IDLE_TIMEOUT" "90s")
  (list "LINKERD2_PROXY_OUTBOUND_DETECT_TIMEOUT" (not $proxy.disableOutboundProtocolDetectTimeout | ternary "" "365d"))
  (list "LINKERD2_PROXY_INBOUND_DETECT_TIMEOUT" (not $proxy.disableInboundProtocolDetectTimeout | ternary "" "365d"))
) }}
{{- end }}

{{- /*
linkerd-control-plane.proxyEnv.listeners: the addresses that the proxy listens on, and those of the pod.
*/ -}}
{{- define "linkerd-control-plane.proxyEnv.listeners" }}
{{- $ipv6 := not .root.Values.disableIPv6 }}
{{- $any := $ipv6 | ternary "[::]" "0.0.0.0" }}
{{- $ports := .root.Values.proxy.ports }}
{{- $outbound := printf "127.0.0.1:%d" (int64 $ports.outbound) }}
{{- $outbounds := $ipv6 | ternary (printf "%s,[::1]:%d" $outbound (int64 $ports.outbound)) $outbound }}
{{- include "linkerd-control-plane.variables" (list
  (list "LINKERD2_PROXY_CONTROL_LISTEN_ADDR" (printf "%s:%d" $any (int64 $ports.control)))
  (list "LINKERD2_PROXY_ADMIN_LISTEN_ADDR" (printf "%s:%d" $any (int64 $ports.admin)))
  (list "LINKERD2_PROXY_OUTBOUND_LISTEN_ADDR" $outbound)
  (list "LINKERD2_PROXY_OUTBOUND_LISTEN_ADDRS" $outbounds)
  (list "LINKERD2_PROXY_INBOUND_LISTEN_ADDR" (printf "%s:%d" $any (int64 $ports.inbound)))
) }}
- name: LINKERD2_PROXY_INBOUND_IPS
  valueFrom:
    fieldRef:
      fieldPath: status.podIPs
- name: LINKERD2_PROXY_INBOUND_PORTS
  value: {{ .inbound | quote }}
{{- end }}

{{- /*
linkerd-control-plane.proxyEnv.connections: which names have profiles, and how dead connections are told.
*/ -}}
{{- define "linkerd-control-plane.proxyEnv.connections" }}
{{- $profiles := printf "svc.%s." .root.Values.clusterDomain }}
{{- if .root.Values.proxy.enableExternalProfiles }}
  {{- $profiles = "." }}
{{- end }}
{{- include "linkerd-control-plane.variables" (list
  (list "LINKERD2_PROXY_DESTINATION_PROFILE_SUFFIXES" $profiles)
  (list "LINKERD2_PROXY_INBOUND_ACCEPT_KEEPALIVE" "10000ms")
  (list "LINKERD2_PROXY_OUTBOUND_CONNECT_KEEPALIVE" "10000ms")
  (list "LINKERD2_PROXY_INBOUND_ACCEPT_USER_TIMEOUT" "30s")
  (list "LINKERD2_PROXY_OUTBOUND_CONNECT_USER_TIMEOUT" "30s")
  (list "LINKERD2_PROXY_OUTBOUND_METRICS_HOSTNAME_LABELS" (.root.Values.proxy.metrics).hostnameLabels)
) }}
{{- end }}

{{- /*
linkerd-control-plane.proxyEnv.protocols: what the proxy does with HTTP/2, and with traffic that is no HTTP.
*/ -}}
{{- define "linkerd-control-plane.proxyEnv.protocols" }}
{{- $proxy := .root.Values.proxy }}
{{- $inbound := (($proxy.inbound).server).http2 }}
{{- $outbound := (($proxy.outbound).server).http2 }}
{{- include "linkerd-control-plane.variables" (list
  (list "LINKERD2_PROXY_INBOUND_SERVER_HTTP2_KEEP_ALIVE_INTERVAL" ($inbound).keepAliveInterval)
  (list "LINKERD2_PROXY_INBOUND_SERVER_HTTP2_KEEP_ALIVE_TIMEOUT" ($inbound).keepAliveTimeout)
  (list "LINKERD2_PROXY_OUTBOUND_SERVER_HTTP2_KEEP_ALIVE_INTERVAL" ($outbound).keepAliveInterval)
  (list "LINKERD2_PROXY_OUTBOUND_SERVER_HTTP2_KEEP_ALIVE_TIMEOUT" ($outbound).keepAliveTimeout)
  (list "LINKERD2_PROXY_INBOUND_PORTS_DISABLE_PROTOCOL_DETECTION" $proxy.opaquePorts)
) }}
- name: LINKERD2_PROXY_DESTINATION_CONTEXT
  value: |
    {"ns":"$(_pod_ns)", "nodeName":"$(_pod_nodeName)", "pod":"$(_pod_name)"}
{{- end }}
