{{- define "mailstream.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* Each role by its key in the values: its name in Kubernetes, its image, its port. */ -}}
{{- define "mailstream.roles" -}}
topology: {name: topology, image: streams-app, port: 8080}
sender: {name: sender, image: streams-app, port: 8080}
webhookIngest: {name: webhook-ingest, image: webhook-ingest, port: 8090}
monitor: {name: monitor, image: cli, port: 0}
digest: {name: digest, image: cli, port: 0}
smartHost: {name: smart-host, image: "", port: 2525}
{{- end -}}

{{- /* (dict "root" $ "role" "topology") → the context of one role. */ -}}
{{- define "mailstream.name" -}}
{{- $role := get (fromYaml (include "mailstream.roles" .root)) .role -}}
{{- printf "%s-%s" (include "mailstream.fullname" .root) $role.name -}}
{{- end -}}

{{- define "mailstream.port" -}}
{{- (get (fromYaml (include "mailstream.roles" .root)) .role).port -}}
{{- end -}}

{{- define "mailstream.instance" -}}
app.kubernetes.io/name: mailstream
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "mailstream.selector" -}}
{{ include "mailstream.instance" .root }}
app.kubernetes.io/component: {{ (get (fromYaml (include "mailstream.roles" .root)) .role).name }}
{{- end -}}

{{- define "mailstream.commonLabels" -}}
{{ include "mailstream.instance" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: mailstream
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "mailstream.labels" -}}
{{ include "mailstream.commonLabels" .root }}
app.kubernetes.io/component: {{ (get (fromYaml (include "mailstream.roles" .root)) .role).name }}
{{- end -}}

{{- define "mailstream.serviceAccount" -}}
{{- $account := (get .root.Values .role).serviceAccount -}}
{{- if $account.name -}}{{ $account.name }}{{- else if $account.create -}}{{ include "mailstream.name" . }}{{- else -}}default{{- end -}}
{{- end -}}

{{- define "mailstream.image" -}}
{{- $image := (get (fromYaml (include "mailstream.roles" .root)) .role).image -}}
{{- printf "%s/mailstream-%s:%s" .root.Values.image.registry $image (default .root.Chart.AppVersion .root.Values.image.tag) -}}
{{- end -}}

{{- /* The roles that this release runs. */ -}}
{{- define "mailstream.enabledRoles" -}}
{{- $roles := list "topology" "sender" -}}
{{- range list "webhookIngest" "monitor" "digest" "smartHost" -}}
{{- if (get $.Values .).enabled }}{{ $roles = append $roles . }}{{ end -}}
{{- end -}}
{{- $roles | toJson -}}
{{- end -}}
