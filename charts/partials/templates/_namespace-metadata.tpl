{{- /*
partials.namespaceMetadata: everything that marks the namespace of an extension as one, after the installation: a hook
Job, its ServiceAccount and what it may do. It reads createNamespaceMetadataJob (nothing is printed where that is not
set), namespaceMetadata {image {registry, name, tag, pullPolicy}, nodeSelector, tolerations}, linkerdNamespace,
imagePullSecrets, commonLabels and podLabels from the values of the root context. The other things that it is given:

  root        the root context
  extension   what the extension is called, as the value of linkerd.io/extension
  prefix      of the RoleBinding in the namespace of the control plane
  registry    of the image, where namespaceMetadata.image.registry is empty
  pullPolicy  of the image, where namespaceMetadata.image.pullPolicy is empty
  user        the user ID of the Job
  group       the group ID of the Job; may be null
  logFormat   of the Job; may be left out, as logLevel may
  logLevel    of the Job
  prometheusUrl  of the Prometheus that the extension asks; may be empty

  {{- include "partials.namespaceMetadata" (dict "root" . "extension" "viz" "prefix" "viz" "user" 2103 "group" 2103) }}
*/ -}}
{{- define "partials.namespaceMetadata" -}}
{{- if .root.Values.createNamespaceMetadataJob }}
{{- $name := "namespace-metadata" }}
{{- $namespace := .root.Release.Namespace }}
{{- $linkerdNamespace := .root.Values.linkerdNamespace }}
{{- $extension := dict "linkerd.io/extension" .extension }}
{{- $labels := include "partials.labels" (list $extension .root.Values.commonLabels) }}
{{- $app := include "partials.appLabels" (list $name .root) | fromYaml }}
{{- $placement := .root.Values.namespaceMetadata }}
{{- $image := $placement.image }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  annotations:
    {{- include "partials.namespaceMetadata.hook" (list 0 .root) | nindent 4 }}
  labels:
    {{- $labels | nindent 4 }}
{{- include "partials.imagePullSecrets" .root.Values.imagePullSecrets }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  annotations:
    {{- include "partials.namespaceMetadata.hook" (list 0 .root) | nindent 4 }}
  labels:
    {{- $labels | nindent 4 }}
rules:
- apiGroups: [""]
  resources: ["namespaces"]
  verbs: ["get", "patch"]
  resourceNames: [{{ $namespace | quote }}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  annotations:
    {{- include "partials.namespaceMetadata.hook" (list 0 .root) | nindent 4 }}
  labels:
    {{- $labels | nindent 4 }}
{{ include "partials.binding" (list "Role" $name $name .root) }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ printf "%s-namespace-metadata-linkerd-config" .prefix }}
  namespace: {{ $linkerdNamespace | quote }}
  annotations:
    {{- include "partials.namespaceMetadata.hook" (list 0 .root) | nindent 4 }}
  labels:
    {{- $labels | nindent 4 }}
{{ include "partials.binding" (list "Role" "ext-namespace-metadata-linkerd-config" $name .root) }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  annotations:
    {{- include "partials.namespaceMetadata.hook" (list 1 .root) | nindent 4 }}
  labels:
    {{- include "partials.labels" (list $extension $app .root.Values.commonLabels) | nindent 4 }}
spec:
  template:
    metadata:
      annotations:
        {{- include "partials.createdByAnnotation" .root | nindent 8 }}
        linkerd.io/inject: disabled
      labels:
        {{- include "partials.labels" (list $extension $app .root.Values.podLabels) | nindent 8 }}
    spec:
      {{- include "partials.placement" $placement | nindent 6 }}
      restartPolicy: Never
      serviceAccountName: {{ $name }}
      automountServiceAccountToken: false
      securityContext:
        seccompProfile:
          type: RuntimeDefault
      containers:
      - name: {{ $name }}
        {{- $repository := printf "%s/%s" ($image.registry | default .registry) $image.name }}
        {{- include "partials.image" (list $repository $image.tag ($image.pullPolicy | default .pullPolicy)) | nindent 8 }}
        args:
        {{- with .logFormat }}
        - "--log-format"
        - {{ . | quote }}
        {{- end }}
        {{- with .logLevel }}
        - "--log-level"
        - {{ . | quote }}
        {{- end }}
        - --extension
        - {{ .extension }}
        - --namespace
        - {{ $namespace | quote }}
        - --linkerd-namespace
        - {{ $linkerdNamespace | quote }}
        {{- with .prometheusUrl }}
        - --prometheus-url
        - {{ . | quote }}
        {{- end }}
        securityContext:
          {{- include "partials.securityContext" (list .user .group) | nindent 10 }}
        volumeMounts:
        {{- include "partials.kubeAPIAccess.mount" . | nindent 8 }}
      volumes:
      {{- include "partials.kubeAPIAccess.volume" . | nindent 6 }}
{{- end }}
{{- end }}

{{- /*
partials.namespaceMetadata.hook: the annotations of an object that is there only while the Job runs, from its weight
(the lower comes first) and the root context.
*/ -}}
{{- define "partials.namespaceMetadata.hook" -}}
{{- include "partials.createdByAnnotation" (index . 1) }}
helm.sh/hook: post-install
helm.sh/hook-weight: {{ first . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
