package io.facepipeline.spring;

import io.facepipeline.FaceCountException;
import io.facepipeline.FacePipelineException;
import java.util.function.Consumer;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Answers the library's exceptions as RFC 9457 says: a status by the kind of failure, a detail that
 * names no file and no person, and the property {@code kind} for programs. What is the server's own
 * fault is logged.
 */
@RestControllerAdvice
@Order(0)
final class ProblemHandler {
  private static final System.Logger LOG = System.getLogger(ProblemHandler.class.getName());

  private final Consumer<Throwable> listener;

  ProblemHandler(Consumer<Throwable> listener) {
    this.listener = listener;
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> answer(FacePipelineException failure) {
    listener.accept(failure);
    FailureKind kind = FailureKind.of(failure);
    if (kind.isServers()) {
      LOG.log(System.Logger.Level.ERROR, "a request failed: " + kind.name(), failure);
    }
    HttpStatusCode status = HttpStatusCode.valueOf(kind.status());
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, kind.detail());
    problem.setProperty("kind", kind.name());
    if (failure instanceof FaceCountException count) {
      problem.setProperty("faces", count.faces().size());
    }
    return ResponseEntity.of(problem).build();
  }
}
