{{- /*
linkerd-crds.labels: the labels of every CRD.
*/ -}}
{{- define "linkerd-crds.labels" -}}
{{- $fixed := dict
  "helm.sh/chart" (include "partials.chartLabel" .)
  "linkerd.io/control-plane-ns" .Release.Namespace }}
{{- include "partials.labels" (list $fixed) }}
{{- end }}

{{- /*
linkerd-crds.gatewayAnnotations: the annotations of the Gateway API CRDs. They tell which bundle they are from,
and have Helm leave the CRDs (and with them every route in the cluster) alone when they go from the render.
*/ -}}
{{- define "linkerd-crds.gatewayAnnotations" -}}
api-approved.kubernetes.io: https://github.com/kubernetes-sigs/gateway-api/pull/2997
gateway.networking.k8s.io/bundle-version: v1.1.1
gateway.networking.k8s.io/channel: experimental
helm.sh/resource-policy: keep
{{ include "partials.createdByAnnotation" . }}
{{- end }}

{{- /*
linkerd-crds.installs: "true" where the CRDs behind a switch are asked for, else nothing. A switch that is
true or false decides; one that is absent or null leaves it to installGatewayAPI.

  {{- if include "linkerd-crds.installs" (list . "enableTcpRoutes") }}
*/ -}}
{{- define "linkerd-crds.installs" -}}
{{- $values := (first .).Values }}
{{- $switch := get $values (last .) }}
{{- if kindIs "bool" $switch | ternary $switch $values.installGatewayAPI }}true{{ end }}
{{- end }}
