{{- /*
linkerd-control-plane.controller: the fields of a container that runs a program of the control plane, beside its name,
arguments, probes and mounts: image, security context, and resources where the values give any. From the resources
and the root context.

  - name: identity
    {{- include "linkerd-control-plane.controller" (list .Values.identityResources .) | nindent 8 }}
*/ -}}
{{- define "linkerd-control-plane.controller" -}}
{{- $values := (index . 1).Values }}
{{- $version := coalesce $values.controllerImageVersion $values.linkerdVersion }}
{{- include "partials.image" (list $values.controllerImage $version $values.imagePullPolicy) }}
{{- with include "partials.resources" (first .) }}
resources:
  {{- . | nindent 2 }}
{{- end }}
securityContext:
  {{- include "partials.securityContext" (list $values.controllerUID $values.controllerGID) | nindent 2 }}
{{- end }}

{{- /*
linkerd-control-plane.httpProbe: a probe that asks for a path, from the path, the port, a map of further fields, and a
map of those that it has where the first does not say. A field that is null is left out.

  livenessProbe:
    {{- include "linkerd-control-plane.httpProbe" (list "/ping" 9990 .Values.identity.livenessProbe dict) | nindent 10 }}
*/ -}}
{{- define "linkerd-control-plane.httpProbe" -}}
{{- $fields := dict }}
{{- range list (index . 2) (index . 3) }}
  {{- range $name, $value := . }}
    {{- if not (or (hasKey $fields $name) (kindIs "invalid" $value)) }}
      {{- $_ := set $fields $name (int64 $value) }}
    {{- end }}
  {{- end }}
{{- end -}}
httpGet:
  path: {{ first . }}
  port: {{ index . 1 }}
{{- with $fields }}
{{- toYaml . | nindent 0 }}
{{- end }}
{{- end }}

{{- /*
linkerd-control-plane.controllerProbes: the probes of a container that runs a program of the control plane, from its
admin port and its values.

  {{- include "linkerd-control-plane.controllerProbes" (list 9990 .Values.identity) | nindent 8 }}
*/ -}}
{{- define "linkerd-control-plane.controllerProbes" -}}
{{- $values := index . 1 -}}
livenessProbe:
  {{- include "linkerd-control-plane.httpProbe" (list "/ping" (first .) ($values).livenessProbe (dict "initialDelaySeconds" 10)) | nindent 2 }}
readinessProbe:
  {{- include "linkerd-control-plane.httpProbe" (list "/ready" (first .) ($values).readinessProbe (dict "failureThreshold" 7)) | nindent 2 }}
{{- end }}

{{- /*
linkerd-control-plane.flags: the arguments of a program, from pairs of a flag and its value. A flag whose value is null
or empty is left out, so that the program's own default holds.

  args:
  {{- include "linkerd-control-plane.flags" (list (list "-log-level" .Values.controllerLogLevel)) | nindent 8 }}
*/ -}}
{{- define "linkerd-control-plane.flags" -}}
{{- $flags := list }}
{{- /* chartkit:uncovered(zero, one) every program has several flags */}}
{{- range $pair := . }}
  {{- with include "partials.text" (index $pair 1) }}
    {{- $flags = append $flags (printf "%s=%s" (first $pair) .) }}
  {{- end }}
{{- end }}
{{- toYaml $flags }}
{{- end }}

{{- /*
linkerd-control-plane.options: the same, with flag and value as two arguments.

  args:
  {{- include "linkerd-control-plane.options" (list (list "--log-level" .Values.proxyInit.logLevel)) | nindent 8 }}
*/ -}}
{{- define "linkerd-control-plane.options" -}}
{{- $options := list }}
{{- /* chartkit:uncovered(zero, one) every program has several options */}}
{{- range $pair := . }}
  {{- with include "partials.text" (index $pair 1) }}
    {{- $options = concat $options (list (first $pair) .) }}
  {{- end }}
{{- end }}
{{- toYaml $options }}
{{- end }}
