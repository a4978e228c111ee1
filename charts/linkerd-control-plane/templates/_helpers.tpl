{{- /*
linkerd-control-plane.labels: what every object of the control plane carries, and the labels of the user, from the
component that the object belongs to (which may be empty) and the root context. Maps of more labels may stand between
the two: they go before commonLabels, so that no key comes out twice.

  labels:
    {{- include "linkerd-control-plane.labels" (list "identity" .) | nindent 4 }}
    {{- include "linkerd-control-plane.labels" (list "" .Values.podMonitor.labels .) | nindent 4 }}
*/ -}}
{{- define "linkerd-control-plane.labels" -}}
{{- $root := last . }}
{{- $labels := dict "linkerd.io/control-plane-ns" $root.Release.Namespace }}
{{- with first . }}
  {{- $_ := set $labels "linkerd.io/control-plane-component" . }}
{{- end }}
{{- include "partials.labels" (concat (list $labels) (initial (rest .)) (list $root.Values.commonLabels)) }}
{{- end }}
