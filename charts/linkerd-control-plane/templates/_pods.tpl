{{- /*
linkerd-control-plane.metadata: the metadata of an object of the control plane, from its component (which may be
empty), its name and the root context.

  metadata:
    {{- include "linkerd-control-plane.metadata" (list "identity" "linkerd-identity" .) | nindent 2 }}
*/ -}}
{{- define "linkerd-control-plane.metadata" -}}
{{- $labels := include "linkerd-control-plane.labels" (list (first .) (last .)) }}
{{- include "partials.metadata" (list (index . 1) $labels (last .)) }}
{{- end }}

{{- /*
linkerd-control-plane.workloadMetadata: the same for a workload, which carries the recommended labels too. Its name is
that of the component, after "linkerd-".

  metadata:
    {{- include "linkerd-control-plane.workloadMetadata" (list "identity" .) | nindent 2 }}
*/ -}}
{{- define "linkerd-control-plane.workloadMetadata" -}}
{{- $app := include "partials.appLabels" . | fromYaml }}
{{- $labels := include "linkerd-control-plane.labels" (list (first .) $app (last .)) }}
{{- include "partials.metadata" (list (printf "linkerd-%s" (first .)) $labels (last .)) }}
{{- end }}

{{- /*
linkerd-control-plane.rollout: how many pods a Deployment has, and how it replaces them.

  spec:
    {{- include "linkerd-control-plane.rollout" . | nindent 2 }}
*/ -}}
{{- define "linkerd-control-plane.rollout" -}}
replicas: {{ int64 .Values.controllerReplicas }}
{{- include "partials.revisionHistoryLimit" . | nindent 0 }}
{{- with .Values.deploymentStrategy }}
strategy:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /*
linkerd-control-plane.podMetadata: the metadata of pods that have a proxy, from a map with

  root         the root context
  component    identity
  annotations  those that only this component has (may be left out)
  user         maps of the user's annotations; the first wins

The user's annotations go before the last of the chart's, which is only a wish, and after all others.

  template:
    metadata:
      {{- include "linkerd-control-plane.podMetadata" (dict "root" . "component" "identity" "user" (list .Values.podAnnotations)) | nindent 6 }}
*/ -}}
{{- define "linkerd-control-plane.podMetadata" -}}
{{- $values := .root.Values }}
{{- $annotations := dict
  "config.linkerd.io/default-inbound-policy" "all-unauthenticated"
  "linkerd.io/created-by" (include "partials.createdBy" .root)
  "linkerd.io/proxy-version" (coalesce $values.proxy.image.version $values.linkerdVersion)
  "linkerd.io/trust-root-sha256" ($values.identityTrustAnchorsPEM | default "" | sha256sum)
}}
{{- $evictable := dict "cluster-autoscaler.kubernetes.io/safe-to-evict" "true" -}}
annotations:
  {{- include "partials.labels" (concat (list $annotations .annotations) .user (list $evictable)) | nindent 2 }}
labels:
  {{- $labels := dict
    "linkerd.io/control-plane-component" .component
    "linkerd.io/control-plane-ns" .root.Release.Namespace
    "linkerd.io/proxy-deployment" (printf "linkerd-%s" .component)
    "linkerd.io/workload-ns" .root.Release.Namespace
  }}
  {{- include "partials.labels" (list $labels $values.podLabels) | nindent 2 }}
{{- end }}

{{- /*
linkerd-control-plane.podSpec: the fields that every pod of the control plane has, from a map with

  root        the root context
  component   identity
  replicated  the pods may have replicas, which the values may want apart (may be false)

The credentials for the Kubernetes API are not mounted by themselves: the proxy has no use for them.

  spec:
    {{- include "linkerd-control-plane.podSpec" (dict "root" . "component" "identity" "replicated" true) | nindent 6 }}
*/ -}}
{{- define "linkerd-control-plane.podSpec" -}}
{{- $affinity := dict }}
{{- with .root.Values.nodeAffinity }}
  {{- $_ := set $affinity "nodeAffinity" . }}
{{- end }}
{{- if and .replicated .root.Values.enablePodAntiAffinity }}
  {{- $apart := include "partials.podAntiAffinity" (list "linkerd.io/control-plane-component" .component) | fromYaml }}
  {{- $affinity = merge $affinity $apart }}
{{- end -}}
serviceAccountName: linkerd-{{ .component }}
automountServiceAccountToken: false
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .root.Values.runtimeClassName }}
runtimeClassName: {{ . | quote }}
{{- end }}
{{- include "partials.placement" .root.Values }}
{{- with $affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- /*
linkerd-control-plane.podVolumes: the volumes of pods that have a proxy, less those of the component.

  volumes:
  {{- include "linkerd-control-plane.podVolumes" . | nindent 6 }}
*/ -}}
{{- define "linkerd-control-plane.podVolumes" -}}
{{- include "partials.kubeAPIAccess.volume" . }}
{{- if not .Values.cniEnabled }}
- name: {{ .Values.proxyInit.xtMountPath.name | quote }}
  emptyDir: {}
{{- end }}
{{- if .Values.identity.serviceAccountTokenProjection }}
- name: linkerd-identity-token
  projected:
    sources:
    - serviceAccountToken:
        audience: identity.l5d.io
        expirationSeconds: 86400
        path: linkerd-identity-token
{{- end }}
- name: linkerd-identity-end-entity
  emptyDir:
    medium: Memory
{{- if (.Values.proxy.tracing).enabled }}
- name: linkerd-podinfo
  downwardAPI:
    items:
    - path: labels
      fieldRef:
        fieldPath: metadata.labels
    - path: annotations
      fieldRef:
        fieldPath: metadata.annotations
{{- end }}
{{- end }}

{{- /*
linkerd-control-plane.proxied: initContainers and the beginning of containers of a pod that cannot do without its proxy,
from the map of linkerd-control-plane.proxy. The proxy is up before the containers that follow: as an init container
that keeps running, or, without native sidecars, as the first container.

  {{- include "linkerd-control-plane.proxied" (dict "root" . "inbound" "8443,9995" "first" true) | nindent 6 }}
  - name: proxy-injector
*/ -}}
{{- define "linkerd-control-plane.proxied" -}}
initContainers:
{{- include "linkerd-control-plane.redirection" . | nindent 0 }}
{{- if not .root.Values.proxy.nativeSidecar }}
containers:
{{- end }}
- name: linkerd-proxy
  {{- include "linkerd-control-plane.proxy" . | nindent 2 }}
{{- if .root.Values.proxy.nativeSidecar }}
containers:
{{- end }}
{{- end }}

{{- /*
linkerd-control-plane.redirection: the init container that sees to it that the traffic of the pod goes through the
proxy, from the map of linkerd-control-plane.proxy: it does that itself, or waits for the CNI plugin to do it.

  initContainers:
  {{- include "linkerd-control-plane.redirection" (dict "root" .) | nindent 6 }}
*/ -}}
{{- define "linkerd-control-plane.redirection" -}}
{{- if .root.Values.cniEnabled -}}
- name: linkerd-network-validator
  {{- include "linkerd-control-plane.networkValidator" . | nindent 2 }}
{{- else -}}
- name: linkerd-init
  {{- include "linkerd-control-plane.proxyInit" . | nindent 2 }}
{{- end }}
{{- end }}

{{- /*
linkerd-control-plane.podDisruptionBudget: how many pods of a component may be away at a time, as a document of its own
where the values ask for it. From the component, the name and the root context.

  {{- include "linkerd-control-plane.podDisruptionBudget" (list "destination" "linkerd-dst" .) }}
*/ -}}
{{- define "linkerd-control-plane.podDisruptionBudget" }}
{{- $values := (index . 2).Values }}
{{- if $values.enablePodDisruptionBudget }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "linkerd-control-plane.metadata" . | nindent 2 }}
spec:
  {{- with ($values.controller).podDisruptionBudget }}
  maxUnavailable: {{ toJson .maxUnavailable }}
  {{- end }}
  selector:
    matchLabels:
      linkerd.io/control-plane-component: {{ first . }}
{{- end }}
{{- end }}
