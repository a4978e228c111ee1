{{- /*
partials.imagePullSecrets: the field of a ServiceAccount or a pod, from a list of references. Nothing for an
empty list.

  {{- include "partials.imagePullSecrets" .Values.imagePullSecrets }}
*/ -}}
{{- define "partials.imagePullSecrets" -}}
{{- with . }}
imagePullSecrets:
{{- toYaml . | nindent 0 }}
{{- end }}
{{- end }}

{{- /*
partials.resources: the requests and limits of a container, from {cpu: {limit, request}, memory: …,
ephemeral-storage: …}. Empty amounts are left out, and nothing is printed where all are empty.

  resources:
    {{- with include "partials.resources" .Values.resources }}
    {{- . | nindent 4 }}
    {{- end }}
*/ -}}
{{- define "partials.resources" -}}
{{- $limits := dict }}
{{- $requests := dict }}
{{- range $resource, $amounts := . }}
  {{- with ($amounts).limit }}
    {{- $_ := set $limits $resource (include "partials.text" .) }}
  {{- end }}
  {{- with ($amounts).request }}
    {{- $_ := set $requests $resource (include "partials.text" .) }}
  {{- end }}
{{- end }}
{{- $resources := dict }}
{{- with $limits }}
  {{- $_ := set $resources "limits" . }}
{{- end }}
{{- with $requests }}
  {{- $_ := set $resources "requests" . }}
{{- end }}
{{- with $resources }}
  {{- toYaml . }}
{{- end }}
{{- end }}

{{- /*
partials.image: the image of a container, from the repository, the tag and the pull policy. The policy may be
empty: Kubernetes then decides by the tag.

  {{- include "partials.image" (list "cr.l5d.io/linkerd/tap" "edge-26.8.3" "Always") | nindent 8 }}
*/ -}}
{{- define "partials.image" -}}
image: {{ printf "%s:%s" (index . 0) (include "partials.text" (index . 1)) | quote }}
{{- with index . 2 }}
imagePullPolicy: {{ . | quote }}
{{- end }}
{{- end }}

{{- /*
partials.securityContext: the fields of a container's security context that needs no privilege at all, from the
user and the group it runs as. A group that is null or below 0 is that of the image.

  securityContext:
    {{- include "partials.securityContext" (list 2103 2103) | nindent 10 }}
*/ -}}
{{- define "partials.securityContext" -}}
{{- $gid := index . 1 -}}
allowPrivilegeEscalation: false
capabilities:
  drop:
  - ALL
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: {{ int64 (index . 0) }}
{{- if not (or (kindIs "invalid" $gid) (lt (int64 $gid) 0)) }}
runAsGroup: {{ int64 $gid }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- /*
partials.placement: where the pods of a workload may run, from a map with nodeSelector and tolerations; what is empty
is left out.

  {{- include "partials.placement" .Values | nindent 6 }}
*/ -}}
{{- define "partials.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
{{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /*
partials.revisionHistoryLimit: how many older revisions of a workload are kept, from the root context. Nothing where
the value is null: Kubernetes then decides.

  spec:
    {{- include "partials.revisionHistoryLimit" . | nindent 2 }}
*/ -}}
{{- define "partials.revisionHistoryLimit" -}}
{{- if not (kindIs "invalid" .Values.revisionHistoryLimit) -}}
revisionHistoryLimit: {{ int64 .Values.revisionHistoryLimit }}
{{- end }}
{{- end }}

{{- /*
partials.podAntiAffinity: keeps the replicas of a workload apart: never two on a node, and rather not two in a
zone. From the label that the pods carry.

  affinity:
    {{- include "partials.podAntiAffinity" (list "component" "tap") | nindent 8 }}
*/ -}}
{{- define "partials.podAntiAffinity" -}}
{{- $selector := printf "{matchExpressions: [{key: %s, operator: In, values: [%s]}]}" (toJson (index . 0)) (toJson (index . 1)) -}}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
  - weight: 100
    podAffinityTerm:
      labelSelector: {{ $selector }}
      topologyKey: topology.kubernetes.io/zone
  requiredDuringSchedulingIgnoredDuringExecution:
  - labelSelector: {{ $selector }}
    topologyKey: kubernetes.io/hostname
{{- end }}

{{- /*
partials.kubeAPIAccess.mount: the credentials for the Kubernetes API, for pods that set automountServiceAccountToken
to false, so that only the containers that need them have them.

  volumeMounts:
  {{- include "partials.kubeAPIAccess.mount" . | nindent 8 }}
*/ -}}
{{- define "partials.kubeAPIAccess.mount" -}}
- name: kube-api-access
  mountPath: /var/run/secrets/kubernetes.io/serviceaccount
  readOnly: true
{{- end }}

{{- /*
partials.kubeAPIAccess.volume: the volume that partials.kubeAPIAccess.mount mounts, what Kubernetes would mount
itself.

  volumes:
  {{- include "partials.kubeAPIAccess.volume" . | nindent 6 }}
*/ -}}
{{- define "partials.kubeAPIAccess.volume" -}}
- name: kube-api-access
  projected:
    defaultMode: 420
    sources:
    - serviceAccountToken:
        expirationSeconds: 3607
        path: token
    - configMap:
        name: kube-root-ca.crt
        items:
        - key: ca.crt
          path: ca.crt
    - downwardAPI:
        items:
        - path: namespace
          fieldRef:
            apiVersion: v1
            fieldPath: metadata.namespace
{{- end }}

{{- /*
partials.refusePodSecurityPolicy: ends the render where enablePSP is set. Nothing is printed.

  {{- include "partials.refusePodSecurityPolicy" . }}
*/ -}}
{{- define "partials.refusePodSecurityPolicy" -}}
{{- if .Values.enablePSP }}
  {{- fail "enablePSP: true is refused: Kubernetes has had no PodSecurityPolicy since 1.25, and this chart needs 1.31 or later; label the namespace for Pod Security Admission instead" }}
{{- end }}
{{- end }}
