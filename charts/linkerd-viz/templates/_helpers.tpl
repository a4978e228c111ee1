{{- /*
linkerd-viz.selector: the labels that tell the objects of a component from others, from a list of the component's name
and, where its objects have that label too, the namespace. The empty list is for what no component has for itself.

  matchLabels:
    {{- include "linkerd-viz.selector" (list "tap" .Release.Namespace) | nindent 4 }}
*/ -}}
{{- define "linkerd-viz.selector" -}}
linkerd.io/extension: viz
{{- with . }}
component: {{ first . }}
{{- with rest . }}
namespace: {{ first . | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- /*
linkerd-viz.labels: the labels of an object, from the list for linkerd-viz.selector and the root context: the labels of
that, and those of the user.

  labels:
    {{- include "linkerd-viz.labels" (list (list "tap" .Release.Namespace) .) | nindent 4 }}
*/ -}}
{{- define "linkerd-viz.labels" -}}
{{- $own := include "linkerd-viz.selector" (first .) | fromYaml }}
{{- include "partials.labels" (list $own (last .).Values.commonLabels) }}
{{- end }}

{{- /*
linkerd-viz.metadata: the metadata of an object, from its name, the list for linkerd-viz.selector and the root context.

  metadata:
    {{- include "linkerd-viz.metadata" (list "tap-api" (list "tap") .) | nindent 2 }}
*/ -}}
{{- define "linkerd-viz.metadata" -}}
{{- include "partials.metadata" (list (first .) (include "linkerd-viz.labels" (rest .)) (last .)) }}
{{- end }}

{{- /*
linkerd-viz.serviceAnnotations: the annotations of a component's Service, from the values of the component and the root
context. Those of the user win.

  annotations:
    {{- include "linkerd-viz.serviceAnnotations" (list .Values.tap .) | nindent 4 }}
*/ -}}
{{- define "linkerd-viz.serviceAnnotations" -}}
{{- $own := dict "linkerd.io/created-by" (include "partials.createdBy" (last .)) "linkerd.io/inject" "enabled" }}
{{- include "partials.labels" (list ((first .).service).annotations $own) }}
{{- end }}

{{- /*
linkerd-viz.readWorkloads: the rules of a role that may read what makes pods.

  rules:
  {{- include "linkerd-viz.readWorkloads" . }}
*/ -}}
{{- define "linkerd-viz.readWorkloads" }}
- apiGroups: ["extensions", "apps"]
  resources: ["daemonsets", "deployments", "replicasets", "statefulsets"]
  verbs: ["list", "get", "watch"]
- apiGroups: ["extensions", "batch"]
  resources: ["cronjobs", "jobs"]
  verbs: ["list", "get", "watch"]
{{- end }}
