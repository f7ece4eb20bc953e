{{- /* The ports of the brokers, from their addresses. */ -}}
{{- define "mailstream.kafkaPorts" -}}
{{- $ports := list -}}
{{- range .Values.kafka.bootstrapServers -}}
{{- $ports = append $ports (regexFind "[0-9]+$" . | int) -}}
{{- end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}

{{- define "mailstream.urlPort" -}}
{{- $url := urlParse . -}}
{{- $given := regexFind ":[0-9]+$" $url.host | trimPrefix ":" -}}
{{- ternary $given (ternary "443" "80" (eq $url.scheme "https")) (ne $given "") -}}
{{- end -}}

{{- define "mailstream.registryPorts" -}}
{{- $ports := list -}}
{{- range splitList "," .Values.schemaRegistry.url -}}
{{- $ports = append $ports (include "mailstream.urlPort" (trim .) | int) -}}
{{- end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}

{{- /* The host name by which the sender reaches the smart host. */ -}}
{{- define "mailstream.smartHostService" -}}
{{- include "mailstream.name" (dict "root" . "role" "smartHost") -}}
{{- end -}}

{{- /* The ports of the ESPs outside: that of its endpoint or 443 for HTTP, its own for an SMTP account. An account that goes by the smart host needs none. */ -}}
{{- define "mailstream.espPorts" -}}
{{- $ports := list -}}
{{- range $name, $account := fromJson (include "mailstream.accounts" .) -}}
{{- $settings := default dict $account.settings -}}
{{- if eq $account.provider "smtp" -}}
{{- if ne (default "" $settings.host) (include "mailstream.smartHostService" $) -}}
{{- $ports = append $ports (int (default 587 $settings.port)) -}}
{{- end -}}
{{- else if $settings.endpoint -}}
{{- $url := urlParse $settings.endpoint -}}
{{- $given := regexFind ":[0-9]+$" $url.host | trimPrefix ":" -}}
{{- $ports = append $ports (ternary (int $given) (ternary 443 80 (eq $url.scheme "https")) (ne $given "")) -}}
{{- else -}}
{{- $ports = append $ports 443 -}}
{{- end -}}
{{- end -}}
{{- range .Values.networkPolicy.esp.extraPorts }}{{ $ports = append $ports (int .) }}{{ end -}}
{{- if .Values.policies.existingConfigMap }}{{ $ports = append $ports 443 }}{{ end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}

{{- define "mailstream.smartHostPort" -}}
{{- if .Values.smartHost.relayHost -}}
{{- default "25" (regexFind ":[0-9]+$" .Values.smartHost.relayHost | trimPrefix ":") -}}
{{- else -}}
25
{{- end -}}
{{- end -}}
