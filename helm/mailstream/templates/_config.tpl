{{- /* What every process is told, by the keys of docs/configuration.md. */ -}}
{{- define "mailstream.commonConfig" -}}
{{- $values := .root.Values -}}
{{- $config := dict
      "bootstrap.servers" (join "," $values.kafka.bootstrapServers)
      "schema.registry.url" $values.schemaRegistry.url
      "topics.prefix" $values.kafka.topicsPrefix
      "kafka.security.protocol" $values.kafka.protocol -}}
{{- if hasPrefix "SASL_" $values.kafka.protocol -}}
{{- $_ := set $config "kafka.sasl.mechanism" $values.kafka.saslMechanism -}}
{{- end -}}
{{- if and $values.kafka.ca.secretName (hasSuffix "SSL" $values.kafka.protocol) -}}
{{- $_ := set $config "kafka.ssl.truststore.type" "PEM" -}}
{{- $_ := set $config "kafka.ssl.truststore.location" "/etc/mailstream/kafka-ca/ca.crt" -}}
{{- end -}}
{{- range $key, $value := $values.kafka.config }}{{ $_ := set $config (printf "kafka.%s" $key) $value }}{{ end -}}
{{- range $key, $value := $values.schemaRegistry.config }}{{ $_ := set $config (printf "schema.registry.%s" $key) $value }}{{ end -}}
{{- range list "kubernetes" "csi" "external" -}}
{{- $source := . -}}
{{- range $key, $ref := fromJson (include "mailstream.secretsFrom" (dict "root" $.root "role" $.role "source" $source)) -}}
{{- $_ := set $config $key (printf "${dir:/etc/mailstream/secrets/%s:%s}" $source $key) -}}
{{- end -}}
{{- end -}}
{{- $config | toJson -}}
{{- end -}}

{{- /* (dict "root" $ "role" … "own" {…}) → the properties file of one role. The role's config comes on top, and may not touch what the chart sets. */ -}}
{{- define "mailstream.properties" -}}
{{- $config := merge (fromJson (include "mailstream.commonConfig" .)) .own -}}
{{- range $key, $value := (get .root.Values .role).config -}}
{{- if hasKey $config $key -}}
{{- fail (printf "%s.config sets %s, which the chart sets itself: use the value that is there for it" $.role $key) -}}
{{- end -}}
{{- $_ := set $config $key $value -}}
{{- end -}}
{{- range $key, $value := $config }}
{{ $key }}={{ include "mailstream.propertyValue" $value }}
{{- end }}
{{- end -}}

{{- define "mailstream.propertyValue" -}}
{{- if kindIs "float64" . }}{{ int64 . }}{{ else }}{{ toString . | replace "\\" "\\\\" | replace "\n" "\\n" }}{{ end -}}
{{- end -}}

{{- define "mailstream.serverConfig" -}}
{{- $values := .root.Values -}}
{{- $config := dict
      "http.host" $values.http.host
      "http.port" (int (include "mailstream.port" .))
      "log.addresses" $values.logAddresses -}}
{{- if $values.tracing.otlpEndpoint -}}
{{- $_ := set $config "tracing.otlp.endpoint" $values.tracing.otlpEndpoint -}}
{{- $_ := set $config "tracing.sample.ratio" $values.tracing.sampleRatio -}}
{{- end -}}
{{- $config | toJson -}}
{{- end -}}

{{- define "mailstream.topologyProperties" -}}
{{- $own := fromJson (include "mailstream.serverConfig" (dict "root" . "role" "topology")) -}}
{{- $own = merge (dict
      "role" "topology"
      "policies.file" "/etc/mailstream/policies/policies.yaml"
      "topology.application.id" .Values.topology.applicationId
      "topology.threads" (int .Values.topology.threads)
      "topology.standbys" (int .Values.topology.standbys)
      "topology.state.dir" "/var/lib/mailstream/streams"
      "streams.main.consumer.session.timeout.ms" (mul (int .Values.topology.sessionTimeoutSeconds) 1000)) $own -}}
{{- if not (dig "api.tokens" "name" "" .Values.topology.secrets) -}}
{{- fail "topology.secrets: api.tokens is missing: the query API listens beyond loopback, so it needs a token" -}}
{{- end -}}
{{- $hash := "suppression.hash.keys" -}}
{{- if ne (toJson (get .Values.topology.secrets $hash)) (toJson (get .Values.sender.secrets $hash)) -}}
{{- fail "topology.secrets and sender.secrets: suppression.hash.keys must be the same in both, or in neither: who looks into the suppression list needs the keys by which it is written" -}}
{{- end -}}
{{- include "mailstream.properties" (dict "root" . "role" "topology" "own" $own) -}}
{{- end -}}

{{- define "mailstream.senderProperties" -}}
{{- $own := fromJson (include "mailstream.serverConfig" (dict "root" . "role" "sender")) -}}
{{- $own = merge (dict
      "role" "sender"
      "policies.file" "/etc/mailstream/policies/policies.yaml"
      "sender.group.id" .Values.sender.groupId
      "sender.open.sends" (int .Values.sender.openSends)
      "sender.handover.timeout.ms" (mul (int .Values.sender.handoverTimeoutSeconds) 1000)) $own -}}
{{- include "mailstream.properties" (dict "root" . "role" "sender" "own" $own) -}}
{{- end -}}

{{- /* The ESPs whose callbacks are taken, by what is set for them. */ -}}
{{- define "mailstream.webhookEsps" -}}
{{- $webhook := .Values.webhookIngest -}}
{{- $esps := list -}}
{{- if $webhook.snsTopicArns }}{{ $esps = append $esps "ses" }}{{ end -}}
{{- range $esp, $keys := dict
      "sendgrid" (list "sendgrid.public.keys")
      "mailgun" (list "mailgun.signing.keys")
      "postmark" (list "postmark.basic.auth" "postmark.secrets")
      "mandrill" (list "mandrill.webhook.keys") -}}
{{- $isSet := false -}}
{{- range $keys }}{{ if or (get $webhook.secrets .) (get $webhook.config .) }}{{ $isSet = true }}{{ end }}{{ end -}}
{{- if $isSet }}{{ $esps = append $esps $esp }}{{ end -}}
{{- end -}}
{{- $esps | toJson -}}
{{- end -}}

{{- define "mailstream.webhookIngestProperties" -}}
{{- if not (or (fromJsonArray (include "mailstream.webhookEsps" .)) (get .Values.webhookIngest.secrets "unsubscribe.keys")) -}}
{{- fail "webhookIngest.snsTopicArns is missing, and webhookIngest.secrets has no keys of another ESP and no unsubscribe.keys: give the ARNs of the SNS topics that SES publishes to, or see docs/esp" -}}
{{- end -}}
{{- $own := fromJson (include "mailstream.serverConfig" (dict "root" . "role" "webhookIngest")) -}}
{{- if .Values.webhookIngest.snsTopicArns -}}
{{- $own = merge (dict "ses.sns.topic.arns" (join "," .Values.webhookIngest.snsTopicArns)) $own -}}
{{- end -}}
{{- include "mailstream.properties" (dict "root" . "role" "webhookIngest" "own" $own) -}}
{{- end -}}

{{- define "mailstream.clientProperties" -}}
{{- include "mailstream.properties" (dict "root" .root "role" .role "own" dict) -}}
{{- end -}}

{{- /* The policies, or what lets an installation start before they are written. */ -}}
{{- define "mailstream.policies" -}}
{{- with .Values.policies.content -}}
{{- toYaml . -}}
{{- else -}}
accounts:
  ses:
    provider: ses
    settings: {region: eu-west-1}
# Keeps the place of your tenants: nobody can send mail as this domain, or get any there.
tenants:
  example:
    from_domains: [example.invalid]
    streams:
      none: {}
{{- end -}}
{{- end -}}

{{- define "mailstream.accounts" -}}
{{- if .Values.policies.existingConfigMap -}}
{}
{{- else -}}
{{- (fromYaml (include "mailstream.policies" .)).accounts | toJson -}}
{{- end -}}
{{- end -}}

{{- /* The longest that a call of any account may take, in seconds; 20 unless the account says otherwise. */ -}}
{{- define "mailstream.longestCallSeconds" -}}
{{- $longest := 20 -}}
{{- range $name, $account := fromJson (include "mailstream.accounts" .) -}}
{{- $timeout := dig "settings" "call_timeout" "20s" $account | toString -}}
{{- $number := regexFind "^[0-9]+" $timeout | int -}}
{{- $unit := regexFind "[a-z]+$" $timeout -}}
{{- $seconds := $number -}}
{{- if eq $unit "ms" }}{{ $seconds = div (add $number 999) 1000 }}{{ else if eq $unit "m" }}{{ $seconds = mul $number 60 }}{{ end -}}
{{- $longest = max $longest $seconds -}}
{{- end -}}
{{- $longest -}}
{{- end -}}

{{- /* A pod of the sender must live longer than its longest send, and longer than it waits for sends. */ -}}
{{- define "mailstream.senderGracePeriod" -}}
{{- $grace := int .Values.sender.terminationGracePeriodSeconds -}}
{{- $call := int (include "mailstream.longestCallSeconds" .) -}}
{{- $least := add (max $call (int .Values.sender.handoverTimeoutSeconds)) 10 -}}
{{- if lt $grace (int $least) -}}
{{- fail (printf "sender.terminationGracePeriodSeconds is %d: the longest send takes %d s and the handover %d s, so give at least %d" $grace $call (int .Values.sender.handoverTimeoutSeconds) $least) -}}
{{- end -}}
{{- $grace -}}
{{- end -}}
