{{- /*
partials.serviceMirror.account: the ServiceAccount of a mirror, bound to a ClusterRole. From the map of the mirror (see
_service-mirror.tpl), the name of the ClusterRoleBinding and that of the ClusterRole.

  {{ include "partials.serviceMirror.account" (list $mirror "mirror-west" "mirror") }}
*/ -}}
{{- define "partials.serviceMirror.account" -}}
{{- $mirror := index . 0 -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $mirror.name | quote }}
  namespace: {{ $mirror.root.Release.Namespace }}
  labels:
    {{- include "partials.serviceMirror.labels" $mirror | nindent 4 }}
{{- include "partials.imagePullSecrets" $mirror.root.Values.imagePullSecrets }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ index . 1 | quote }}
  labels:
    {{- include "partials.serviceMirror.labels" $mirror | nindent 4 }}
{{ include "partials.binding" (list "ClusterRole" (index . 2) $mirror.name $mirror.root) }}
{{- end }}

{{- /*
partials.serviceMirror.mirroringRules: what the ClusterRole of every mirror allows: to keep services and their
endpoints. Given true, also to create the namespaces for them.

  rules:
  {{- include "partials.serviceMirror.mirroringRules" .Values.enableNamespaceCreation | nindent 0 }}
*/ -}}
{{- define "partials.serviceMirror.mirroringRules" -}}
- apiGroups: [""]
  resources: ["endpoints", "services"]
  verbs: ["list", "get", "watch", "create", "delete", "update"]
- apiGroups: [""]
  resources: ["namespaces"]
  verbs: ["list", "get", "watch"]
{{- if . }}
- apiGroups: [""]
  resources: ["namespaces"]
  verbs: ["create"]
{{- end }}
{{- end }}

{{- /*
partials.serviceMirror.link: lets the mirror of a linked cluster read its Link and the credentials for that cluster,
report on the Link, and hold the lease by which one replica leads. From the map of the mirror and the name that the
Role and the RoleBinding get.

  {{ include "partials.serviceMirror.link" (list $mirror "read-remote-creds-west") }}
*/ -}}
{{- define "partials.serviceMirror.link" -}}
{{- $mirror := index . 0 -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ index . 1 | quote }}
  namespace: {{ $mirror.root.Release.Namespace }}
  labels:
    {{- include "partials.serviceMirror.labels" $mirror | nindent 4 }}
rules:
- apiGroups: [""]
  resources: ["secrets"]
  resourceNames: [{{ printf "cluster-credentials-%s" $mirror.cluster | quote }}]
  verbs: ["list", "get", "watch"]
- apiGroups: ["multicluster.linkerd.io"]
  resources: ["links"]
  verbs: ["list", "get", "watch"]
- apiGroups: ["multicluster.linkerd.io"]
  resources: ["links/status"]
  verbs: ["update", "patch"]
- apiGroups: ["coordination.k8s.io"]
  resources: ["leases"]
  verbs: ["create", "get", "update", "patch"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ index . 1 | quote }}
  namespace: {{ $mirror.root.Release.Namespace }}
  labels:
    {{- include "partials.serviceMirror.labels" $mirror | nindent 4 }}
{{ include "partials.binding" (list "Role" (index . 1) $mirror.name $mirror.root) }}
{{- end }}

{{- /*
partials.serviceMirror.probe: the Service by which the gateway of a linked cluster is probed. It selects no pods: the
mirror writes its endpoints. From the map of the mirror, the name, the port of the probes, and perhaps a map of
annotations.

  {{ include "partials.serviceMirror.probe" (list $mirror "probe-west" 4191) }}
*/ -}}
{{- define "partials.serviceMirror.probe" -}}
{{- $mirror := index . 0 }}
{{- $own := dict
  "linkerd.io/extension" "multicluster"
  "mirror.linkerd.io/cluster-name" $mirror.cluster
  "mirror.linkerd.io/mirrored-gateway" "true" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ index . 1 | quote }}
  namespace: {{ $mirror.root.Release.Namespace }}
  {{- if gt (len .) 3 }}
  annotations:
    {{- index . 3 | toYaml | nindent 4 }}
  {{- end }}
  labels:
    {{- include "partials.labels" (list $own $mirror.root.Values.commonLabels) | nindent 4 }}
spec:
  ports:
  - name: mc-probe
    port: {{ int64 (index . 2) }}
    protocol: TCP
{{- end }}
