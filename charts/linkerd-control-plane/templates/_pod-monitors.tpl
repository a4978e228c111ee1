{{- /*
linkerd-control-plane.podMonitor.endpoint: how often an endpoint is scraped, from the values of the one PodMonitor and
the root context, which has the times.

  - {{ include "linkerd-control-plane.podMonitor.endpoint" (list .Values.podMonitor.proxy .) | indent 4 | trim }}
*/ -}}
{{- define "linkerd-control-plane.podMonitor.endpoint" -}}
{{- $times := (index . 1).Values.podMonitor -}}
honorTimestamps: {{ (first .).honorTimestamps | default false }}
{{- with $times.scrapeInterval }}
interval: {{ . | quote }}
{{- end }}
{{- with $times.scrapeTimeout }}
scrapeTimeout: {{ . | quote }}
{{- end }}
{{- end }}

{{- /*
linkerd-control-plane.podMonitor.component: the relabelings that leave the proxies out, and tell the container as the
label component.
*/ -}}
{{- define "linkerd-control-plane.podMonitor.component" -}}
- sourceLabels: [__meta_kubernetes_pod_container_port_name]
  action: drop
  regex: linkerd-admin
- sourceLabels: [__meta_kubernetes_pod_container_name]
  action: replace
  targetLabel: component
{{- end }}
