{{- /*
linkerd-multicluster.labels: the label that all objects of the extension carry, and the labels of the user, from a map
of more labels of the object and the root context.

  labels:
    {{- include "linkerd-multicluster.labels" (list (dict "component" "gateway") .) | nindent 4 }}
*/ -}}
{{- define "linkerd-multicluster.labels" -}}
{{- $extension := dict "linkerd.io/extension" "multicluster" }}
{{- include "partials.labels" (list $extension (first .) (last .).Values.commonLabels) }}
{{- end }}

{{- /*
linkerd-multicluster.mirror: the mirror of the own cluster as the partials.serviceMirror.* take it, as JSON and without
the root context. To be used as

  {{- $mirror := include "linkerd-multicluster.mirror" . | fromJson | merge (dict "root" .) }}
*/ -}}
{{- define "linkerd-multicluster.mirror" -}}
{{- $values := .Values.localServiceMirror }}
{{- $settings := merge
  (dict "retryLimit" $values.serviceMirrorRetryLimit "enablePodAntiAffinity" .Values.enablePodAntiAffinity)
  (deepCopy $values) }}
{{- $arguments := list
  "-local-mirror"
  (printf "-federated-service-selector=%v" ($values.federatedServiceSelector | default ""))
  (printf "-excluded-labels=%v" ($values.excludedLabels | default ""))
  (printf "-excluded-annotations=%v" ($values.excludedAnnotations | default "")) }}
{{- dict
  "name" "linkerd-local-service-mirror"
  "component" "local-service-mirror"
  "container" "service-mirror"
  "port" "locsm-admin"
  "arguments" $arguments
  "settings" $settings
  | toJson }}
{{- end }}

{{- /*
linkerd-multicluster.controllers: the mirrors of the linked clusters, each as the partials.serviceMirror.* take it but
without the root context, as a JSON list. An entry of controllers is laid over controllerDefaults. To be used as

  {{- range include "linkerd-multicluster.controllers" . | fromJsonArray }}
  {{- $mirror := merge (dict "root" $) . }}
*/ -}}
{{- define "linkerd-multicluster.controllers" -}}
{{- $root := . }}
{{- $mirrors := list }}
{{- $names := list }}
{{- range $index, $entry := .Values.controllers }}
  {{- $cluster := dig "link" "ref" "name" "" $entry }}
  {{- if empty $cluster }}
    {{- fail (printf "controllers[%d].link.ref.name is not set: give the name of the Link that the controller is for" $index) }}
  {{- else if has $cluster $names }}
    {{- fail (printf "controllers[%d].link.ref.name: %s is there twice; a Link has one controller, so take one of the entries out" $index $cluster) }}
  {{- end }}
  {{- $names = append $names $cluster }}
  {{- $settings := mergeOverwrite (deepCopy $root.Values.controllerDefaults) $entry }}
  {{- $_ := set $settings "enableNamespaceCreation" $root.Values.enableNamespaceCreation }}
  {{- $mirrors = append $mirrors (dict
    "name" (printf "controller-%s" $cluster)
    "component" "controller"
    "cluster" $cluster
    "container" "controller"
    "port" "ctrl-admin"
    "arguments" (list (printf "-probe-service=probe-%s" $cluster) $cluster)
    "settings" $settings) }}
{{- end }}
{{- toJson $mirrors }}
{{- end }}
