package io.facepipeline.gallery.memory;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The people of a {@link FaceTable}, by label and by number. Numbers follow the order of the first
 * enrollment; a removed person leaves a gap.
 *
 * <p>One thread writes. People are kept in pages, and a page that a {@link Snapshot} may show is
 * never written into: it is copied.
 */
final class People {
  static final int PAGE = 1024;

  private final Map<String, Integer> numbers;
  private @Nullable Person[][] pages = {};
  private int end;
  private int live;
  private boolean shared;

  People(int expected) {
    numbers = new ConcurrentHashMap<>(expected);
  }

  /** From now on others may read. */
  void share() {
    shared = true;
  }

  /**
   * The number of a label, or null; for any thread, which must look whether it knows the person.
   */
  @Nullable Integer number(String label) {
    return numbers.get(label);
  }

  Person get(int number) {
    Person person = pages[number / PAGE][number % PAGE];
    if (person == null) {
      throw new IllegalStateException("the gallery's memory is inconsistent at person " + number);
    }
    return person;
  }

  /** The number that the next new person gets; all others' are less. */
  int end() {
    return end;
  }

  int live() {
    return live;
  }

  @Nullable Person[][] pages() {
    return pages;
  }

  /** Adds somebody whose label is new. */
  void add(Person person) {
    int number = end;
    set(number, person);
    numbers.put(person.label(), number);
    live++;
  }

  /** Changes what is known of a person, whose label stays. */
  void replace(int number, Person person) {
    set(number, person);
  }

  void remove(int number) {
    numbers.remove(get(number).label());
    set(number, null);
    live--;
  }

  /** Whether there are so many gaps that they should be closed. */
  boolean isSparse() {
    return end > 2 * live + PAGE;
  }

  /** Closes the gaps that removed people left, and gives the new number of each old one. */
  int[] renumber() {
    @Nullable Person[][] old = pages;
    int[] moved = new int[end];
    int oldEnd = end;
    pages = new Person[0][];
    end = 0;
    for (int i = 0; i < oldEnd; i++) {
      Person person = old[i / PAGE][i % PAGE];
      if (person != null) {
        moved[i] = end;
        numbers.put(person.label(), end);
        set(end, person);
      }
    }
    return moved;
  }

  private void set(int number, @Nullable Person person) {
    int page = number / PAGE;
    if (page == pages.length) {
      pages = Arrays.copyOf(pages, page + 1);
      pages[page] = new Person[PAGE];
    } else if (shared && number < end) {
      // A snapshot may show this person: it keeps the old page.
      pages = pages.clone();
      pages[page] = pages[page].clone();
    }
    pages[page][number % PAGE] = person;
    end = Math.max(end, number + 1);
  }
}
