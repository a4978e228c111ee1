{{- /*
linkerd-multicluster.link.spec: the schema of the spec of a Link, from the version of the resource. v1alpha2 brought
federated services, and the check of probeSpec.period; v1alpha3 the labels and annotations that are not copied.

  spec:
    {{- include "linkerd-multicluster.link.spec" "v1alpha3" | nindent 12 }}
*/ -}}
{{- define "linkerd-multicluster.link.spec" -}}
description: Where the other cluster is, and which of its services are mirrored.
type: object
properties:
  targetClusterName:
    description: Name of the other cluster. The names of mirrored services end in it.
    type: string
  targetClusterDomain:
    description: Cluster domain of the other cluster, as cluster.local.
    type: string
  targetClusterLinkerdNamespace:
    description: Namespace of the control plane in the other cluster.
    type: string
  clusterCredentialsSecret:
    description: Secret with the kubeconfig for the API of the other cluster.
    type: string
  gatewayAddress:
    description: Addresses of the other cluster's gateway, names or IPs, separated by commas.
    type: string
  gatewayPort:
    description: Port of the other cluster's gateway.
    type: string
  gatewayIdentity:
    description: Mesh identity of the other cluster's gateway.
    type: string
  probeSpec:
    description: How the other cluster's gateway is probed.
    type: object
    properties:
      path:
        description: Path of the probe.
        type: string
      port:
        description: Port of the probe.
        type: string
      period:
        description: Time from one probe to the next, as 3s.
        type: string
        {{- if ne . "v1alpha1" }}
        format: duration
        {{- end }}
      timeout:
        description: Time after which a probe has failed, as 30s.
        type: string
        format: duration
        default: 30s
      failureThreshold:
        description: Failures in a row after which the gateway counts as down.
        type: string
        default: "3"
  selector:
    {{- include "linkerd-multicluster.link.selector" "Services that are mirrored through the gateway." | nindent 4 }}
  remoteDiscoverySelector:
    {{- include "linkerd-multicluster.link.selector" "Services that are mirrored so that clients reach their pods directly." | nindent 4 }}
  {{- if ne . "v1alpha1" }}
  federatedServiceSelector:
    {{- include "linkerd-multicluster.link.selector" "Services that join a federated service." | nindent 4 }}
  {{- end }}
  {{- if eq . "v1alpha3" }}
  excludedLabels:
    description: Keys of labels that the mirror services do not get; * at the end stands for any rest.
    type: array
    items:
      type: string
  excludedAnnotations:
    description: Keys of annotations that the mirror services do not get; * at the end stands for any rest.
    type: array
    items:
      type: string
  {{- end }}
{{- end }}

{{- /*
linkerd-multicluster.link.selector: the schema of a label selector, from what it selects.
*/ -}}
{{- define "linkerd-multicluster.link.selector" -}}
description: {{ . | quote }}
type: object
properties:
  matchLabels:
    description: Labels with their values, all of which must be there.
    type: object
    x-kubernetes-preserve-unknown-fields: true
  matchExpressions:
    description: Requirements on labels, all of which must hold.
    type: array
    items:
      type: object
      required: ["key", "operator"]
      properties:
        key:
          description: Key of the label.
          type: string
        operator:
          description: What is asked of the label.
          type: string
          enum: ["In", "NotIn", "Exists", "DoesNotExist"]
        values:
          description: Values for In and NotIn.
          type: array
          items:
            type: string
{{- end }}

{{- /*
linkerd-multicluster.link.status: the schema of the status of a Link.
*/ -}}
{{- define "linkerd-multicluster.link.status" -}}
description: What became of the services of the other cluster.
type: object
properties:
  mirrorServices:
    {{- include "linkerd-multicluster.link.services" "Services that are mirrored." | nindent 4 }}
  federatedServices:
    {{- include "linkerd-multicluster.link.services" "Services that joined a federated service." | nindent 4 }}
{{- end }}

{{- /*
linkerd-multicluster.link.services: the schema of a list of services in the status, from what it holds.
*/ -}}
{{- define "linkerd-multicluster.link.services" -}}
description: {{ . | quote }}
type: array
items:
  type: object
  required: ["controllerName", "remoteRef"]
  properties:
    controllerName:
      description: Controller that wrote this entry, as example.com/name.
      type: string
      minLength: 1
      maxLength: 253
      pattern: ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/[A-Za-z0-9\/\-._~%!$&'()*+,;=:]+$
    remoteRef:
      {{- include "linkerd-multicluster.link.reference" "The service in the other cluster." | nindent 6 }}
    conditions:
      description: How the mirroring of the service went.
      type: array
      items:
        type: object
        required: ["lastTransitionTime", "message", "reason", "status", "type"]
        properties:
          type:
            description: What the condition is about.
            type: string
            maxLength: 316
            pattern: ^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$
          status:
            description: Whether the condition holds.
            type: string
            enum: ["True", "False", "Unknown"]
          reason:
            description: Why the status is what it is, as one word for programs.
            type: string
            minLength: 1
            maxLength: 1024
            pattern: ^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$
          message:
            description: Why the status is what it is, for people.
            type: string
          lastTransitionTime:
            description: When the status last changed.
            type: string
            format: date-time
          localRef:
            {{- include "linkerd-multicluster.link.reference" "The service in this cluster." | nindent 12 }}
{{- end }}

{{- /*
linkerd-multicluster.link.reference: the schema of a reference to a service, from which one it is.
*/ -}}
{{- define "linkerd-multicluster.link.reference" -}}
description: {{ . | quote }}
type: object
required: ["name", "namespace"]
properties:
  group:
    description: API group; core for services.
    type: string
    maxLength: 253
    pattern: ^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$
    default: core
  kind:
    description: Kind of the object.
    type: string
    minLength: 1
    maxLength: 63
    pattern: ^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$
    default: Service
  namespace:
    description: Namespace of the object.
    type: string
    minLength: 1
    maxLength: 63
    pattern: ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$
  name:
    description: Name of the object.
    type: string
    minLength: 1
    maxLength: 253
{{- end }}
