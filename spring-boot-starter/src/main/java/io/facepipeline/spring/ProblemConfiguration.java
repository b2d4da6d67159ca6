package io.facepipeline.spring;

import java.util.function.Consumer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Problem details for the library's exceptions, in web applications. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication
@ConditionalOnClass({ProblemDetail.class, RestControllerAdvice.class})
@ConditionalOnProperty(
    prefix = "facepipeline.problem-details",
    name = "enabled",
    matchIfMissing = true)
class ProblemConfiguration {
  @Bean
  ProblemHandler faceProblemHandler(ObjectProvider<FailureListener> listeners) {
    return new ProblemHandler(failure -> listeners.forEach(l -> l.accept(failure)));
  }

  /** Is told of failures that are answered; Micrometer may be absent. */
  interface FailureListener extends Consumer<Throwable> {}
}
