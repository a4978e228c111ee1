{{- /*
What the Deployments of the chart have in common. Each of these helpers takes the same map, which a template makes
once for its component:

  root       the root context
  name       the name of the component: of its Deployment, its ServiceAccount and its container
  labels     the list for linkerd-viz.selector
  values     the values of the component
  placement  where nodeSelector and tolerations are: the values of the chart, or of the component
  adminPort  the port for metrics and probes
  access     the template with the component's permissions and certificate, where its pods are to be replaced when
             that changes
  stateful   true where the pods hold data, so that no autoscaler is told that it may evict them

Prometheus, which is of another make, uses those for the metadata only, and has no placement, adminPort and access.
*/ -}}

{{- /*
linkerd-viz.deploymentMetadata: the metadata of the Deployment.
*/ -}}
{{- define "linkerd-viz.deploymentMetadata" -}}
{{- $own := include "linkerd-viz.selector" .labels | fromYaml }}
{{- $app := include "partials.appLabels" (list .name .root) | fromYaml -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
annotations:
  {{- include "partials.createdByAnnotation" .root | nindent 2 }}
  linkerd.io/inject: enabled
  config.linkerd.io/proxy-await: enabled
labels:
  {{- include "partials.labels" (list $own $app .root.Values.commonLabels) | nindent 2 }}
{{- end }}

{{- /*
linkerd-viz.podMetadata: the metadata of the pods. Annotations that the user gives win over these. With cliVersion
there is no digest of `access`: the command line tool does without.
*/ -}}
{{- define "linkerd-viz.podMetadata" -}}
{{- $annotations := dict
  "config.alpha.linkerd.io/proxy-wait-before-exit-seconds" "0"
  "linkerd.io/created-by" (include "partials.createdBy" .root)
  "linkerd.io/inject" "enabled" }}
{{- if not .stateful }}
  {{- $_ := set $annotations "cluster-autoscaler.kubernetes.io/safe-to-evict" "true" }}
{{- end }}
{{- if and .access (not .root.Values.cliVersion) }}
  {{- $access := include (printf "%s/%s" .root.Template.BasePath .access) .root }}
  {{- $_ := set $annotations "checksum/config" (sha256sum $access) }}
{{- end }}
{{- range $resource, $amounts := (.values.proxy).resources }}
  {{- range $bound, $amount := $amounts }}
    {{- with $amount }}
      {{- $_ := set $annotations (printf "config.linkerd.io/proxy-%s-%s" $resource $bound) . }}
    {{- end }}
  {{- end }}
{{- end }}
{{- $own := include "linkerd-viz.selector" .labels | fromYaml -}}
annotations:
  {{- include "partials.labels" (list .values.podAnnotations $annotations) | nindent 2 }}
labels:
  {{- include "partials.labels" (list $own .root.Values.podLabels) | nindent 2 }}
{{- end }}

{{- /*
linkerd-viz.scale: how many pods the Deployment has (one, where the values do not say), and how many older revisions
are kept.
*/ -}}
{{- define "linkerd-viz.scale" -}}
replicas: {{ kindIs "invalid" .values.replicas | ternary 1 .values.replicas | int64 }}
{{- include "partials.revisionHistoryLimit" .root | nindent 0 }}
{{- end }}

{{- /*
linkerd-viz.podSpec: the fields of the pods that are not about containers and volumes.
*/ -}}
{{- define "linkerd-viz.podSpec" -}}
{{- include "partials.placement" .placement }}
{{- if .root.Values.enablePodAntiAffinity }}
affinity:
  {{- include "partials.podAntiAffinity" (list "component" .name) | nindent 2 }}
{{- end }}
serviceAccountName: {{ .name }}
automountServiceAccountToken: false
securityContext:
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- /*
linkerd-viz.image: the image of a container, with the registry, the version of Linkerd and the pull policy of the chart
where its own values are empty.
*/ -}}
{{- define "linkerd-viz.image" -}}
{{- $values := .root.Values }}
{{- $image := .values.image }}
{{- $repository := printf "%s/%s" ($image.registry | default $values.defaultRegistry) $image.name }}
{{- $policy := $image.pullPolicy | default $values.defaultImagePullPolicy }}
{{- include "partials.image" (list $repository ($image.tag | default $values.linkerdVersion) $policy) }}
{{- end }}

{{- /*
linkerd-viz.logArgs: the arguments for the log.
*/ -}}
{{- define "linkerd-viz.logArgs" -}}
- {{ .values.logLevel | default .root.Values.defaultLogLevel | printf "-log-level=%s" | quote }}
- {{ .values.logFormat | default .root.Values.defaultLogFormat | printf "-log-format=%s" | quote }}
{{- end }}

{{- /*
linkerd-viz.container: the fields of the container that say nothing of what it does.
*/ -}}
{{- define "linkerd-viz.container" -}}
{{- $user := kindIs "invalid" .values.UID | ternary .root.Values.defaultUID .values.UID }}
{{- $group := kindIs "invalid" .values.GID | ternary .root.Values.defaultGID .values.GID }}
{{- include "linkerd-viz.image" . }}
livenessProbe:
  httpGet:
    path: /ping
    port: {{ .adminPort }}
  initialDelaySeconds: 10
readinessProbe:
  httpGet:
    path: /ready
    port: {{ .adminPort }}
  failureThreshold: 7
resources:
  {{- with include "partials.resources" .values.resources }}
  {{- . | nindent 2 }}
  {{- end }}
securityContext:
  {{- include "partials.securityContext" (list $user $group) | nindent 2 }}
{{- end }}

{{- /*
linkerd-viz.podDisruptionBudget: lets one pod at a time be evicted, where there is more than one. Nothing where
enablePodDisruptionBudget is not set.
*/ -}}
{{- define "linkerd-viz.podDisruptionBudget" -}}
{{- if and .root.Values.enablePodDisruptionBudget (gt (int64 .values.replicas) 1) }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "linkerd-viz.metadata" (list .name .labels .root) | nindent 2 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "linkerd-viz.selector" (list .name) | nindent 6 }}
{{- end }}
{{- end }}
