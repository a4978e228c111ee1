{{- /*
linkerd-viz.serviceProfile: what every ServiceProfile begins with, from the name of the Service and the root context.

  {{ include "linkerd-viz.serviceProfile" (list "metrics-api" .) }}
*/ -}}
{{- define "linkerd-viz.serviceProfile" -}}
{{- $root := last . -}}
apiVersion: linkerd.io/v1alpha2
kind: ServiceProfile
metadata:
  name: {{ printf "%s.%s.svc.%s" (first .) $root.Release.Namespace $root.Values.clusterDomain | quote }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "linkerd-viz.labels" (list list $root) | nindent 4 }}
{{- end }}

{{- /*
linkerd-viz.route: a route of a ServiceProfile, from the method and the path with a space between.

  routes:
  {{- include "linkerd-viz.route" "POST /api/v1/Edges" | nindent 2 }}
*/ -}}
{{- define "linkerd-viz.route" -}}
{{- $parts := splitList " " . -}}
- name: {{ . }}
  condition:
    method: {{ first $parts }}
    pathRegex: {{ last $parts }}
{{- end }}
