{{- /*
partials.chartLabel: the value of the label helm.sh/chart, as linkerd-crds-1.2.3.
A chart version may hold a "+", and name and version together may be too long; a label value may not.

  helm.sh/chart: {{ include "partials.chartLabel" . }}
*/ -}}
{{- define "partials.chartLabel" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimAll "-_." }}
{{- end }}

{{- /*
partials.labels: one block of labels, or of annotations, out of several maps. Of maps that hold the same key the
first wins, so give the chart's own labels before those of the user: no key comes out twice, and no selector is
broken. Values become strings; a map may be null, and a key whose value is null is left out.

  labels:
    {{- include "partials.labels" (list (dict "component" "tap") .Values.commonLabels) | nindent 4 }}
*/ -}}
{{- define "partials.labels" -}}
{{- $labels := dict }}
{{- /* chartkit:uncovered(zero) whoever calls this has one map at least */}}
{{- range . }}
  {{- range $key, $value := . }}
    {{- if not (or (hasKey $labels $key) (kindIs "invalid" $value)) }}
      {{- $_ := set $labels $key (include "partials.text" $value) }}
    {{- end }}
  {{- end }}
{{- end }}
{{- toYaml $labels }}
{{- end }}

{{- /*
partials.metadata: the metadata of an object in the namespace of the release, from its name, its labels as text, and
the root context.

  metadata:
    {{- include "partials.metadata" (list "linkerd-gateway" $labels .) | nindent 2 }}
*/ -}}
{{- define "partials.metadata" -}}
{{- $root := index . 2 -}}
name: {{ first . | quote }}
namespace: {{ $root.Release.Namespace }}
annotations:
  {{- include "partials.createdByAnnotation" $root | nindent 2 }}
labels:
  {{- index . 1 | nindent 2 }}
{{- end }}

{{- /*
partials.createdBy: what made the objects, as "linkerd/helm edge-1.2.3". The command line tool says so itself
in cliVersion; with Helm it is the version that the chart installs: of its image, of Linkerd, or appVersion.
*/ -}}
{{- define "partials.createdBy" -}}
{{- $version := coalesce (.Values.image).version .Values.linkerdVersion .Chart.AppVersion }}
{{- .Values.cliVersion | default (printf "linkerd/helm %s" (include "partials.text" $version)) }}
{{- end }}

{{- /*
partials.createdByAnnotation: the annotation that every object of Linkerd may carry.

  annotations:
    {{- include "partials.createdByAnnotation" . | nindent 4 }}
*/ -}}
{{- define "partials.createdByAnnotation" -}}
linkerd.io/created-by: {{ include "partials.createdBy" . | quote }}
{{- end }}

{{- /*
partials.appLabels: the recommended labels of a workload and its pods, from its name and the root context. The
version is linkerdVersion, made a valid label value: "edge-26.8.3+dirty" gives edge-26.8.3_dirty.

  labels:
    {{- $app := include "partials.appLabels" (list "tap" .) | fromYaml }}
    {{- include "partials.labels" (list $app .Values.commonLabels) | nindent 4 }}
*/ -}}
{{- define "partials.appLabels" -}}
{{- $version := include "partials.text" (last .).Values.linkerdVersion | replace "+" "_" }}
app.kubernetes.io/name: {{ first . }}
app.kubernetes.io/part-of: Linkerd
app.kubernetes.io/version: {{ regexReplaceAll "[^A-Za-z0-9_.-]" $version "-" | trunc 63 | trimAll "-_." | quote }}
{{- end }}
