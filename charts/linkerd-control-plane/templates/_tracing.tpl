{{- /*
linkerd-control-plane.traceCollector: where the programs of the control plane send their traces. Nothing where they
are to send none.

  {{- include "linkerd-control-plane.traceCollector" . }}
*/ -}}
{{- define "linkerd-control-plane.traceCollector" -}}
{{- with (.Values.controller).tracing }}
{{- if .enabled }}
{{- if not (.collector).endpoint }}
  {{- fail "controller.tracing.enabled is true, but controller.tracing.collector.endpoint is empty: set it to where the traces go, as collector.tracing:4317" }}
{{- end }}
{{- .collector.endpoint }}
{{- end }}
{{- end }}
{{- end }}

{{- /*
linkerd-control-plane.proxyEnv.tracing: where the proxy sends its traces, and what it says of itself there.
*/ -}}
{{- define "linkerd-control-plane.proxyEnv.tracing" }}
{{- with .root.Values.proxy.tracing }}
{{- if .enabled }}
{{- $mesh := (.collector).meshIdentity }}
{{- $account := ($mesh).serviceAccountName }}
{{- $namespace := ($mesh).namespace }}
{{- if not (.collector).endpoint }}
  {{- fail "proxy.tracing.enabled is true, but proxy.tracing.collector.endpoint is empty: set it to where the traces go, as collector.tracing:4317" }}
{{- else if ne (empty $account) (empty $namespace) }}
  {{- fail "proxy.tracing.collector.meshIdentity: serviceAccountName and namespace belong together: set both, or none where the collector is not in the mesh" }}
{{- end }}
{{- $identity := "" }}
{{- if $account }}
  {{- $identity = include "linkerd-control-plane.identityOf" (list $account $namespace $.root) }}
{{- end }}
{{- $attributes := "" }}
{{- range $name, $value := .labels }}
  {{- $attributes = printf "%s%s=%s\n" $attributes $name (include "partials.text" $value) }}
{{- end }}
{{- include "linkerd-control-plane.variables" (list
  (list "LINKERD2_PROXY_TRACE_ATTRIBUTES_PATH" "/var/run/linkerd/podinfo/labels")
  (list "LINKERD2_PROXY_TRACE_ANNOTATIONS_PATH" "/var/run/linkerd/podinfo/annotations")
  (list "LINKERD2_PROXY_TRACE_PROTOCOL" "opentelemetry")
  (list "LINKERD2_PROXY_TRACE_SERVICE_NAME" .traceServiceName)
  (list "LINKERD2_PROXY_TRACE_COLLECTOR_SVC_ADDR" .collector.endpoint)
  (list "LINKERD2_PROXY_TRACE_COLLECTOR_SVC_NAME" $identity)
  (list "LINKERD2_PROXY_TRACE_EXTRA_ATTRIBUTES" $attributes)
) }}
{{- end }}
{{- end }}
{{- end }}
