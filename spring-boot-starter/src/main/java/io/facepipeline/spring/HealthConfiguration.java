package io.facepipeline.spring;

import io.facepipeline.FacePipeline;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The health of the pipeline, for Spring Boot 4. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
class HealthConfiguration {
  @Bean
  @ConditionalOnMissingBean(name = "facepipelineHealthIndicator")
  @ConditionalOnEnabledHealthIndicator("facepipeline")
  HealthIndicator facepipelineHealthIndicator(FacePipeline faces) {
    PipelineCheck check = new PipelineCheck(faces);
    return () -> {
      try {
        return Health.up().withDetails(check.details()).build();
      } catch (RuntimeException e) {
        return Health.down().withDetail("error", FailureKind.of(e).name()).build();
      }
    };
  }
}
