{{- /*
partials.text: a value as text: a large number not as 1e+06, a map or a list as JSON, and null as nothing.

  value: {{ include "partials.text" .Values.proxy.cores | quote }}
*/ -}}
{{- define "partials.text" -}}
{{- if has (kindOf .) (list "float64" "map" "slice") }}
  {{- toJson . }}
{{- else if not (kindIs "invalid" .) }}
  {{- toString . }}
{{- end }}
{{- end }}

{{- /*
partials.quotedList: the entries of a comma-separated list as JSON strings: "80,443-445" gives "80","443-445".

  "ports": [{{ include "partials.quotedList" .Values.ports }}]
*/ -}}
{{- define "partials.quotedList" -}}
{{- $entries := list }}
{{- range regexFindAll "[^,\\s][^,]*" (include "partials.text" .) -1 }}
  {{- $entries = append $entries (trim . | toJson) }}
{{- end }}
{{- join "," $entries }}
{{- end }}
