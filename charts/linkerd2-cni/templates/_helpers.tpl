{{- /*
linkerd2-cni.labels: the label that tells objects of the plugin from others, and those of the user.
*/ -}}
{{- define "linkerd2-cni.labels" -}}
{{- include "partials.labels" (list (dict "linkerd.io/cni-resource" "true") .Values.commonLabels) }}
{{- end }}
