package io.facepipeline.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.facepipeline.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a browser, as a person uses it. */
class PageTest extends PageFixture {
  @Test
  void facesAreFoundEnrolledNamedAndForgotten() throws IOException {
    choose(GROUP, ADA);
    wait.until(b -> browser.findElements(By.cssSelector("#photos .photo")).size() == 2);
    assertEquals(5, faces().size());
    assertTrue(names("#photos").isEmpty());
    picture("unknown");

    // The portrait was shown last and lies on top.
    enroll(faces().get(0), "ada");
    wait.until(b -> names("#photos").size() == 2);
    assertTrue(
        names("#photos").stream().allMatch(n -> n.startsWith("ada ")), names("#photos") + "");
    assertEquals("ada (1)", browser.findElement(By.cssSelector("#people span")).getText());
    picture("named");

    browser.findElement(By.cssSelector("#people button")).click();
    wait.until(b -> element("status").getText().equals("ada is forgotten."));
    assertTrue(names("#photos").isEmpty());
    assertTrue(element("nobody").isDisplayed());

    element("clear").click();
    assertTrue(faces().isEmpty());
    assertNoProblemInTheConsole();
  }

  @Test
  void facesAreGroupedAndAGroupIsNamedAtOnce() throws IOException {
    assertFalse(element("group").isDisplayed());
    choose(GROUP, ADA, OTHER_ADA);
    wait.until(b -> faces().size() == 6);
    group();
    List<WebElement> rows = browser.findElements(By.cssSelector("#rows li"));
    assertEquals(4, rows.size());
    assertEquals(
        List.of(3, 1, 1, 1),
        rows.stream().map(row -> row.findElements(By.tagName("canvas")).size()).toList());
    assertEquals(element("groups-title"), browser.switchTo().activeElement());
    picture("groups");

    WebElement ada = rows.get(0);
    ada.findElement(By.tagName("input")).sendKeys("ada" + Keys.ENTER);
    wait.until(b -> element("status").getText().equals("3 faces enrolled as ada."));
    assertEquals(3, names("#photos").size());
    assertEquals("ada (3)", browser.findElement(By.cssSelector("#people span")).getText());

    group();
    assertEquals(
        "ada",
        browser.findElement(By.cssSelector("#rows li input")).getDomProperty("value"),
        "who is known is named");
    element("clear").click();
    assertFalse(element("groups").isDisplayed());
    browser.findElement(By.cssSelector("#people button")).click();
    wait.until(b -> element("status").getText().equals("ada is forgotten."));
    assertNoProblemInTheConsole();
  }

  private void group() {
    element("group").click();
    wait.until(b -> element("status").getText().contains("Name those you know"));
  }

  @Test
  void facesAreHiddenAndShownAgain() throws IOException {
    choose(GROUP);
    wait.until(b -> faces().size() == 4);
    WebElement button = browser.findElement(By.cssSelector("#photos .photo button:not(.face)"));
    assertEquals("Hide the faces in " + GROUP.getFileName(), button.getAccessibleName());
    button.click();
    wait.until(b -> element("status").getText().contains("are hidden"));
    assertTrue(faces().stream().noneMatch(WebElement::isDisplayed));
    picture("hidden");
    String script =
        """
        const done = arguments[arguments.length - 1];
        const picture = document.querySelector('#photos img');
        const canvas = document.createElement('canvas');
        canvas.width = picture.naturalWidth;
        canvas.height = picture.naturalHeight;
        canvas.getContext('2d').drawImage(picture, 0, 0);
        canvas.toBlob(body => fetch('api/faces', {method: 'POST', body})
            .then(answer => answer.json())
            .then(({width, faces}) => done([width, faces.length]), problem => done([String(problem)])));
        """;
    assertEquals(List.of((long) Image.read(GROUP).width(), 0L), browser.executeAsyncScript(script));
    WebElement link = browser.findElement(By.cssSelector("#photos a"));
    assertEquals("group_1-hidden.jpg", link.getDomAttribute("download"));
    button.click();
    wait.until(b -> faces().stream().allMatch(WebElement::isDisplayed));
    assertTrue(browser.findElements(By.cssSelector("#photos a")).isEmpty());
    assertNoProblemInTheConsole();
  }

  @Test
  void boxesLieOnTheFacesAtAnySizeOfTheWindow() {
    choose(GROUP);
    wait.until(b -> faces().size() == 4);
    for (int width : new int[] {1280, 700}) {
      browser.manage().window().setSize(new Dimension(width, 1000));
      for (Object share :
          (List<?>)
              browser.executeScript(
                  """
                  const picture = document.querySelector('#photos img').getBoundingClientRect();
                  return [...document.querySelectorAll('#photos .frame')].map(face => {
                    const box = face.getBoundingClientRect();
                    return (box.left - picture.left) / picture.width - parseFloat(face.style.left) / 100;
                  });
                  """)) {
        assertEquals(0, ((Number) share).doubleValue(), 0.002);
      }
    }
  }

  @Test
  void whatIsTouchedIsLargeEnoughAndNamedWithItsPlace() throws IOException {
    browser.manage().window().setSize(new Dimension(500, 900));
    choose(GROUP);
    wait.until(b -> faces().size() == 4);
    for (WebElement target : browser.findElements(By.cssSelector("button, input, label"))) {
      if (target.isDisplayed()) {
        String which = target.getTagName() + " " + target.getAttribute("id");
        assertTrue(target.getSize().getHeight() >= 44, which + " " + target.getSize());
        assertTrue(target.getSize().getWidth() >= 44, which + " " + target.getSize());
      }
    }
    List<String> names = faces().stream().map(WebElement::getAccessibleName).toList();
    assertEquals(
        List.of(
            "unknown, first face from the left in " + GROUP.getFileName(),
            "unknown, second face from the left in " + GROUP.getFileName(),
            "unknown, third face from the left in " + GROUP.getFileName(),
            "unknown, fourth face from the left in " + GROUP.getFileName()),
        names);
    List<Integer> lefts = faces().stream().map(face -> face.getLocation().getX()).toList();
    assertEquals(lefts.stream().sorted().toList(), lefts);
    picture("phone");
  }

  /**
   * Runs axe-core ({@code npm pack axe-core}) where the system property {@code facepipeline.axe}
   * names its {@code axe.min.js}.
   */
  @Test
  void axeFindsNoViolationInAnyStateOfThePage() throws IOException {
    String named = System.getProperty("facepipeline.axe");
    if (named == null) {
      System.out.println("SKIPPED: no axe-core; set -Dfacepipeline.axe=FILE to check with it");
    }
    assumeTrue(named != null, "no axe-core; set -Dfacepipeline.axe=FILE to check with it");
    String axe = Files.readString(Path.of(named));

    List<String> found = new ArrayList<>();
    for (String scheme : List.of("light", "dark")) {
      browser.executeCdpCommand(
          "Emulation.setEmulatedMedia",
          Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
      found.addAll(violationsOnTheWay(axe, scheme));
      browser.navigate().refresh();
    }
    assertEquals(List.of(), found);
  }

  private List<String> violationsOnTheWay(String axe, String scheme) throws IOException {
    List<String> found = new ArrayList<>(violations(axe, scheme + " empty"));
    Path text = Files.writeString(folder.resolve("letter.jpg"), "dear all");
    choose(text);
    wait.until(b -> element("status").getAttribute("class").contains("problem"));
    found.addAll(violations(axe, scheme + " problem"));
    choose(GROUP, ADA);
    wait.until(b -> faces().size() == 5);
    found.addAll(violations(axe, scheme + " unknown"));
    group();
    found.addAll(violations(axe, scheme + " groups"));
    browser.findElement(By.cssSelector("#photos .photo button:not(.face)")).click();
    wait.until(b -> element("status").getText().contains("are hidden"));
    found.addAll(violations(axe, scheme + " hidden"));
    browser.findElement(By.cssSelector("#photos .photo button:not(.face)")).click();
    wait.until(b -> faces().get(0).isDisplayed());
    faces().get(0).click();
    wait.until(b -> element("naming").isDisplayed());
    found.addAll(violations(axe, scheme + " naming"));
    element("name").sendKeys("ada");
    element("enroll").click();
    wait.until(b -> names("#photos").size() == 2);
    found.addAll(violations(axe, scheme + " named"));
    browser.manage().window().setSize(new Dimension(500, 900));
    found.addAll(violations(axe, scheme + " phone"));
    element("clear").click();
    element("camera").click();
    wait.until(b -> !browser.findElements(By.cssSelector("#live .face")).isEmpty());
    found.addAll(violations(axe, scheme + " camera"));
    return found;
  }

  private List<String> violations(String axe, String state) {
    List<?> found =
        (List<?>)
            browser.executeAsyncScript(
                axe
                    + """
                    ;
                    const done = arguments[arguments.length - 1];
                    axe.run(document).then(
                        result =>
                            done(
                                result.violations.map(
                                    v => `${v.id}: ${v.nodes.map(n => n.html + " " + n.any.map(a => a.message))}`)),
                        problem => done([String(problem)]));
                    """);
    return found.stream().map(violation -> state + ": " + violation).toList();
  }

  @Test
  void everyControlHasANameAndThePageItsLandmarks() {
    choose(GROUP);
    wait.until(b -> faces().size() == 4);
    assertControlsHaveNames("main");
    faces().get(0).click();
    wait.until(b -> element("naming").isDisplayed());
    assertControlsHaveNames("#naming"); // the rest is inert meanwhile
    assertFalse(element("naming").getAccessibleName().isBlank(), "the dialog");
    assertEquals("en", browser.findElement(By.tagName("html")).getAttribute("lang"));
    for (String landmark : List.of("main", "header", "aside", "h1")) {
      assertEquals(1, browser.findElements(By.tagName(landmark)).size(), landmark);
    }
    element("naming").sendKeys(Keys.ESCAPE);
    wait.until(b -> !element("naming").isDisplayed());
    WebElement focused = browser.switchTo().activeElement();
    assertEquals(faces().get(0), focused, "the focus returns to the face");
  }

  private void assertControlsHaveNames(String within) {
    String controls = within + " button, " + within + " input, " + within + " progress";
    for (WebElement control : browser.findElements(By.cssSelector(controls))) {
      if (control.isDisplayed()) {
        assertFalse(control.getAccessibleName().isBlank(), control.getAttribute("outerHTML"));
      }
    }
  }

  @Test
  void namesAreSortedAsPeopleSort() throws Exception {
    choose(ADA);
    wait.until(b -> faces().size() == 1);
    for (String name : List.of("guest 10", "Bao", "guest 2", "ada")) {
      enroll(faces().get(0), name);
      wait.until(b -> element("status").getText().equals(name + " is enrolled."));
    }
    List<String> shown =
        browser.findElements(By.cssSelector("#people span")).stream()
            .map(WebElement::getText)
            .toList();
    assertEquals(List.of("ada (1)", "Bao (1)", "guest 2 (1)", "guest 10 (1)"), shown);
    browser.findElement(By.cssSelector("#people button")).click();
    wait.until(b -> element("status").getText().equals("ada is forgotten."));
  }

  @Test
  void whatIsNoPictureIsNamedAndTheOthersAreShown() throws IOException {
    Path text = Files.writeString(folder.resolve("letter.jpg"), "dear all");
    Path large = Files.write(folder.resolve("large.jpg"), new byte[MAX_UPLOAD + 1]);
    choose(text, ADA, large);
    wait.until(b -> element("status").getAttribute("class").contains("problem"));
    String status = element("status").getText();
    assertTrue(status.contains("letter.jpg: "), status);
    assertTrue(status.contains("large.jpg: larger than the limit of 5 MB"), status);
    assertEquals(1, faces().size());
  }

  @Test
  void theCameraIsWatchedAndAFaceBeforeItIsEnrolled() throws IOException {
    element("camera").click();
    wait.until(b -> !browser.findElements(By.cssSelector("#live .face")).isEmpty());
    browser.executeScript("document.querySelector('#live .face').click()");
    wait.until(b -> element("naming").isDisplayed());
    picture("naming");
    element("name").sendKeys("ada");
    element("enroll").click();
    wait.until(b -> element("status").getText().contains("ada is enrolled"));
    wait.until(b -> names("#live").stream().anyMatch(n -> n.startsWith("ada ")));
    picture("camera");
    element("camera").click();
    assertFalse(element("live").isDisplayed());
    assertTrue(browser.findElements(By.cssSelector("#live .face")).isEmpty());
    assertNoProblemInTheConsole();
  }
}
