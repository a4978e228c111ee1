{{- /*
The service mirror runs once for each linked cluster, where it makes services that stand for those of that cluster,
and once for the own cluster, where it joins the own services to federated ones. The partials.serviceMirror.* here take
one map that describes such a mirror:

  root           the root context
  name           of the Deployment, its ServiceAccount and its PodDisruptionBudget
  component      value of the label component on the objects
  podComponent   the same on the pods and in selectors; component where it is left out
  cluster        the linked cluster; empty for the mirror of the own cluster
  container      name of the container
  port           name of the admin port
  arguments      of the container, after those that all mirrors have
  settings       {replicas, image {name, version}, logLevel, logFormat, retryLimit, enableHeadlessServices,
                 enableNamespaceCreation, enablePprof, UID, GID, resources, nodeSelector, tolerations, nodeAffinity,
                 enablePodAntiAffinity}
*/ -}}

{{- /*
partials.serviceMirror.selector: the labels by which the pods of a mirror are found.
*/ -}}
{{- define "partials.serviceMirror.selector" -}}
component: {{ .podComponent | default .component }}
{{- with .cluster }}
mirror.linkerd.io/cluster-name: {{ . | quote }}
{{- end }}
{{- end }}

{{- /*
partials.serviceMirror.labels: the labels of the objects of a mirror, with those of the user.
*/ -}}
{{- define "partials.serviceMirror.labels" -}}
{{- $own := dict "component" .component "linkerd.io/extension" "multicluster" }}
{{- with .cluster }}
  {{- $_ := set $own "mirror.linkerd.io/cluster-name" . }}
{{- end }}
{{- include "partials.labels" (list $own .root.Values.commonLabels) }}
{{- end }}

{{- /*
partials.serviceMirror.deployment: the Deployment of a mirror.

  {{ include "partials.serviceMirror.deployment" $mirror }}
*/ -}}
{{- define "partials.serviceMirror.deployment" -}}
{{- $values := .root.Values }}
{{- $selector := include "partials.serviceMirror.selector" . | fromYaml }}
{{- $own := dict "linkerd.io/extension" "multicluster" }}
{{- $annotations := dict
  "cluster-autoscaler.kubernetes.io/safe-to-evict" "true"
  "config.alpha.linkerd.io/proxy-wait-before-exit-seconds" "0"
  "linkerd.io/inject" "enabled" }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name | quote }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "partials.serviceMirror.labels" . | nindent 4 }}
spec:
  replicas: {{ int64 .settings.replicas }}
  {{- include "partials.revisionHistoryLimit" .root | nindent 2 }}
  selector:
    matchLabels:
      {{- toYaml $selector | nindent 6 }}
  {{- if .settings.enablePodAntiAffinity }}
  strategy:
    rollingUpdate:
      maxUnavailable: 1
  {{- end }}
  template:
    metadata:
      annotations:
        {{- include "partials.labels" (list $values.podAnnotations $annotations) | nindent 8 }}
      labels:
        {{- include "partials.labels" (list $selector $own $values.podLabels) | nindent 8 }}
    spec:
      {{- include "partials.serviceMirror.affinity" . | nindent 6 }}
      {{- include "partials.placement" .settings | nindent 6 }}
      serviceAccountName: {{ .name | quote }}
      automountServiceAccountToken: false
      securityContext:
        seccompProfile:
          type: RuntimeDefault
      containers:
      - name: {{ .container }}
        {{- include "partials.image" (list .settings.image.name .settings.image.version "") | nindent 8 }}
        args:
        {{- include "partials.serviceMirror.arguments" . | nindent 8 }}
        ports:
        - name: {{ .port }}
          containerPort: 9999
        {{- with .settings.resources }}
        resources:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        securityContext:
          {{- include "partials.securityContext" (list .settings.UID .settings.GID) | nindent 10 }}
        volumeMounts:
        {{- include "partials.kubeAPIAccess.mount" . | nindent 8 }}
      volumes:
      {{- include "partials.kubeAPIAccess.volume" . | nindent 6 }}
{{- end }}

{{- /*
partials.serviceMirror.affinity: the field of the pods. Those of one mirror keep apart where that is asked for.
*/ -}}
{{- define "partials.serviceMirror.affinity" -}}
{{- $label := empty .cluster | ternary (list "component" .component) (list "mirror.linkerd.io/cluster-name" .cluster) }}
{{- if or .settings.nodeAffinity .settings.enablePodAntiAffinity }}
affinity:
  {{- with .settings.nodeAffinity }}
  nodeAffinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .settings.enablePodAntiAffinity }}
  {{- include "partials.podAntiAffinity" $label | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}

{{- /*
partials.serviceMirror.arguments: the command line of the container, as a list.
*/ -}}
{{- define "partials.serviceMirror.arguments" -}}
- service-mirror
- {{ printf "-log-level=%v" .settings.logLevel | quote }}
- {{ printf "-log-format=%v" .settings.logFormat | quote }}
- -event-requeue-limit={{ int64 .settings.retryLimit }}
- -namespace={{ .root.Release.Namespace }}
{{- if .settings.enableHeadlessServices }}
- -enable-headless-services
{{- end }}
{{- if .settings.enableNamespaceCreation }}
- -enable-namespace-creation
{{- end }}
- -enable-pprof={{ .settings.enablePprof | default false }}
{{- /* chartkit:uncovered(zero, one) every mirror has several arguments of its own */}}
{{- range .arguments }}
- {{ . | quote }}
{{- end }}
{{- end }}

{{- /*
partials.serviceMirror.podDisruptionBudget: at most one pod of a mirror goes at a time, with a separator before.
Nothing where the pods may share a node.
*/ -}}
{{- define "partials.serviceMirror.podDisruptionBudget" -}}
{{- if .settings.enablePodAntiAffinity }}
{{- $selector := include "partials.serviceMirror.selector" . | fromYaml }}
{{- $labels := include "partials.labels" (list (pick $selector "component")) }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "partials.metadata" (list .name $labels .root) | nindent 2 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- toYaml $selector | nindent 6 }}
{{- end }}
{{- end }}
