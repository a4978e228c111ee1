{{- /*
partials.imagePullSecrets: the field of a ServiceAccount or a pod, from a list of references. Nothing for an
empty list.

  {{- include "partials.imagePullSecrets" .Values.imagePullSecrets }}
*/ -}}
{{- define "partials.imagePullSecrets" -}}
{{- with . }}
imagePullSecrets:
{{- toYaml . | nindent 0 }}
{{- end }}
{{- end }}

{{- /*
partials.resources: the requests and limits of a container, from {cpu: {limit, request}, memory: …,
ephemeral-storage: …}. Empty amounts are left out, and nothing is printed where all are empty.

  resources:
    {{- with include "partials.resources" .Values.resources }}
    {{- . | nindent 4 }}
    {{- end }}
*/ -}}
{{- define "partials.resources" -}}
{{- $limits := dict }}
{{- $requests := dict }}
{{- range $resource, $amounts := . }}
  {{- with ($amounts).limit }}
    {{- $_ := set $limits $resource (toString .) }}
  {{- end }}
  {{- with ($amounts).request }}
    {{- $_ := set $requests $resource (toString .) }}
  {{- end }}
{{- end }}
{{- $resources := dict }}
{{- with $limits }}
  {{- $_ := set $resources "limits" . }}
{{- end }}
{{- with $requests }}
  {{- $_ := set $resources "requests" . }}
{{- end }}
{{- with $resources }}
  {{- toYaml . }}
{{- end }}
{{- end }}

{{- /*
partials.quotedList: the entries of a comma-separated list as JSON strings: "80,443-445" gives "80","443-445".

  "ports": [{{ include "partials.quotedList" .Values.ports }}]
*/ -}}
{{- define "partials.quotedList" -}}
{{- $entries := list }}
{{- range splitList "," (toString .) }}
  {{- with trim . }}
    {{- $entries = append $entries (toJson .) }}
  {{- end }}
{{- end }}
{{- join "," $entries }}
{{- end }}
