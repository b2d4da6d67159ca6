package io.facepipeline.spring;

import io.facepipeline.FacePipeline;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The health of the pipeline, for Spring Boot 3, where the same types have other names. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(HealthIndicator.class)
class OlderHealthConfiguration {
  @Bean
  @ConditionalOnMissingBean(name = "facepipelineHealthIndicator")
  @ConditionalOnProperty(name = "management.health.facepipeline.enabled", matchIfMissing = true)
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
