// A REST service on Spring Boot: enrolls people, names faces, compares two photos, forgets people.
// Run: mvn -q -Dquick -pl examples/spring-boot -am process-classes -Drun
// Then: curl -F photo=@ada_1.jpg localhost:8080/people/ada (or /identify; first= and second= for
// /verify)
package io.facepipeline.examples.boot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication(proxyBeanMethods = false)
public class TeamService {
  public static void main(String[] args) {
    SpringApplication.run(TeamService.class, args);
  }
}
