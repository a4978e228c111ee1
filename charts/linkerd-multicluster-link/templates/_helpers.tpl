{{- /*
linkerd-multicluster-link.mirror: the service mirror of the linked cluster as the partials.serviceMirror.* take it, as
JSON and without the root context. To be used as

  {{- $mirror := include "linkerd-multicluster-link.mirror" . | fromJson | merge (dict "root" .) }}
*/ -}}
{{- define "linkerd-multicluster-link.mirror" -}}
{{- $cluster := .Values.targetClusterName }}
{{- if empty $cluster }}
  {{- fail "targetClusterName is not set: give the name that the linked cluster has in its Link, as --set targetClusterName=west" }}
{{- end }}
{{- $settings := dict
  "replicas" .Values.replicas
  "image" (dict "name" .Values.controllerImage "version" .Values.controllerImageVersion)
  "logLevel" .Values.logLevel
  "logFormat" .Values.logFormat
  "retryLimit" .Values.serviceMirrorRetryLimit
  "enableHeadlessServices" .Values.enableHeadlessServices
  "enableNamespaceCreation" .Values.enableNamespaceCreation
  "enablePprof" .Values.enablePprof
  "UID" .Values.serviceMirrorUID
  "GID" .Values.serviceMirrorGID
  "resources" .Values.resources
  "nodeSelector" .Values.nodeSelector
  "tolerations" .Values.tolerations
  "enablePodAntiAffinity" .Values.enablePodAntiAffinity }}
{{- dict
  "name" (printf "linkerd-service-mirror-%s" $cluster)
  "component" "service-mirror"
  "podComponent" "linkerd-service-mirror"
  "cluster" $cluster
  "container" "service-mirror"
  "port" "svcmi-admin"
  "arguments" (list (printf "-probe-service=probe-gateway-%s" $cluster) $cluster)
  "settings" $settings
  | toJson }}
{{- end }}
