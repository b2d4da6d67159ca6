package io.facepipeline.release;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a module's public API as text, one line a member, in an order of its own: what a caller
 * compiles against, and nothing else. Left out is what every type of its kind has: {@code equals},
 * {@code hashCode} and {@code toString}; a record's accessors and canonical constructor, which its
 * header names; an enum's {@code values} and {@code valueOf}.
 */
final class ApiText {
  /** Types of these packages, which every reader knows, are written without them. */
  private static final List<String> KNOWN =
      List.of("java.lang.", "java.util.", "java.util.function.", "java.nio.file.");

  private static final String OURS = "io.facepipeline.";

  private ApiText() {}

  static String of(PublicModule module) {
    StringBuilder text = new StringBuilder();
    text.append("module ").append(module.descriptor().name()).append('\n');
    String inPackage = "";
    for (Class<?> type : module.types()) {
      if (!type.getPackageName().equals(inPackage)) {
        inPackage = type.getPackageName();
        text.append("\npackage ").append(inPackage).append('\n');
      }
      text.append('\n').append(header(type)).append('\n');
      members(type).forEach(member -> text.append("  ").append(member).append('\n'));
    }
    return text.toString();
  }

  private static String header(Class<?> type) {
    StringBuilder header = new StringBuilder(deprecation(type));
    int modifiers = type.getModifiers();
    header.append(Modifier.isPublic(modifiers) ? "public " : "protected ");
    boolean implied = type.isInterface() || type.isRecord() || type.isEnum();
    if (type.getDeclaringClass() != null && Modifier.isStatic(modifiers) && !implied) {
      header.append("static ");
    }
    if (!implied) {
      header.append(Modifier.isAbstract(modifiers) ? "abstract " : "");
      header.append(Modifier.isFinal(modifiers) ? "final " : "");
    }
    header.append(type.isSealed() && !type.isEnum() ? "sealed " : "");
    header.append(kind(type)).append(' ').append(nameInPackage(type));
    header.append(variables(type.getTypeParameters()));
    if (type.isRecord()) {
      header.append(
          Arrays.stream(type.getRecordComponents())
              .map(c -> type(c.getAnnotatedType()) + " " + c.getName())
              .collect(Collectors.joining(", ", "(", ")")));
    }
    AnnotatedType parent = type.getAnnotatedSuperclass();
    if (!implied && parent != null && !parent.getType().equals(Object.class)) {
      header.append(" extends ").append(type(parent));
    }
    String interfaces =
        Arrays.stream(type.getAnnotatedInterfaces())
            .map(ApiText::type)
            .collect(Collectors.joining(", "));
    if (!interfaces.isEmpty() && !type.isAnnotation()) {
      header.append(type.isInterface() ? " extends " : " implements ").append(interfaces);
    }
    return header.toString();
  }

  private static String kind(Class<?> type) {
    if (type.isAnnotation()) {
      return "@interface";
    }
    if (type.isInterface()) {
      return "interface";
    }
    return type.isRecord() ? "record" : type.isEnum() ? "enum" : "class";
  }

  private static List<String> members(Class<?> type) {
    Set<String> fields = new TreeSet<>();
    Set<String> constructors = new TreeSet<>();
    Set<String> methods = new TreeSet<>();
    List<String> constants =
        Arrays.stream(type.getDeclaredFields())
            .filter(Field::isEnumConstant)
            .map(Field::getName)
            .toList();
    Class<?> from = type;
    // What a hidden superclass declares is shown through the class that extends it.
    do {
      for (Field field : from.getDeclaredFields()) {
        if (isShown(field.getModifiers(), field.isSynthetic()) && !field.isEnumConstant()) {
          fields.add(
              modifiers(field.getModifiers(), type)
                  + type(field.getAnnotatedType())
                  + " "
                  + field.getName());
        }
      }
      for (Method method : from.getDeclaredMethods()) {
        if (isShown(method.getModifiers(), method.isSynthetic()) && !isImplied(type, method)) {
          methods.add(method(type, method));
        }
      }
      from = from.getSuperclass();
    } while (from != null && !Modifier.isPublic(from.getModifiers()));
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isShown(constructor.getModifiers(), constructor.isSynthetic())
          && !isCanonical(type, constructor)) {
        constructors.add(
            deprecation(constructor)
                + modifiers(constructor.getModifiers(), type)
                + type.getSimpleName()
                + parameters(constructor));
      }
    }
    return Stream.of(constants, fields, constructors, methods).flatMap(m -> m.stream()).toList();
  }

  private static boolean isShown(int modifiers, boolean synthetic) {
    return !synthetic && (Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers));
  }

  private static boolean isImplied(Class<?> type, Method method) {
    String signature =
        method.getName()
            + Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", "(", ")"));
    Set<String> implied = new HashSet<>(Set.of("equals(Object)", "hashCode()", "toString()"));
    if (type.isEnum()) {
      implied.addAll(Set.of("values()", "valueOf(String)"));
    }
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        implied.add(component.getName() + "()");
      }
    }
    return implied.contains(signature);
  }

  private static boolean isCanonical(Class<?> type, Constructor<?> constructor) {
    return type.isRecord()
        && Arrays.equals(
            constructor.getParameterTypes(),
            Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new));
  }

  private static String method(Class<?> type, Method method) {
    String variables = variables(method.getTypeParameters());
    return deprecation(method)
        + modifiers(method.getModifiers(), type)
        + (method.isDefault() ? "default " : "")
        + (variables.isEmpty() ? "" : variables + " ")
        + type(method.getAnnotatedReturnType())
        + " "
        + method.getName()
        + parameters(method);
  }

  /** Public goes without saying, and so does what an interface's members are. */
  private static String modifiers(int modifiers, Class<?> type) {
    boolean inInterface = type.isInterface();
    return (Modifier.isProtected(modifiers) ? "protected " : "")
        + (Modifier.isStatic(modifiers) ? "static " : "")
        + (Modifier.isAbstract(modifiers) && !inInterface ? "abstract " : "")
        + (Modifier.isFinal(modifiers) && !Modifier.isFinal(type.getModifiers()) && !inInterface
            ? "final "
            : "");
  }

  private static String parameters(Executable executable) {
    AnnotatedType[] types = executable.getAnnotatedParameterTypes();
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < types.length; i++) {
      String type = type(types[i]);
      if (executable.isVarArgs() && i == types.length - 1 && type.endsWith("[]")) {
        type = type.substring(0, type.length() - 2) + "...";
      }
      text.append(i == 0 ? "" : ", ").append(type);
    }
    text.append(')');
    String thrown =
        Arrays.stream(executable.getAnnotatedExceptionTypes())
            .map(ApiText::type)
            .sorted()
            .collect(Collectors.joining(", "));
    return text + (thrown.isEmpty() ? "" : " throws " + thrown);
  }

  private static String variables(TypeVariable<?>[] variables) {
    if (variables.length == 0) {
      return "";
    }
    return Arrays.stream(variables)
        .map(v -> v.getName() + bounds(v.getAnnotatedBounds(), " extends "))
        .collect(Collectors.joining(", ", "<", ">"));
  }

  private static String bounds(AnnotatedType[] bounds, String before) {
    String text =
        Arrays.stream(bounds)
            .filter(b -> !b.getType().equals(Object.class) || isNullable(b))
            .map(ApiText::type)
            .collect(Collectors.joining(" & "));
    return text.isEmpty() ? "" : before + text;
  }

  private static String type(AnnotatedType type) {
    if (type instanceof AnnotatedArrayType array) {
      return type(array.getAnnotatedGenericComponentType())
          + (isNullable(array) ? " @Nullable" : "")
          + "[]";
    }
    String mark = isNullable(type) ? "@Nullable " : "";
    if (type instanceof AnnotatedWildcardType wildcard) {
      String lower = bounds(wildcard.getAnnotatedLowerBounds(), " super ");
      return mark
          + "?"
          + (lower.isEmpty() ? bounds(wildcard.getAnnotatedUpperBounds(), " extends ") : lower);
    }
    if (type instanceof AnnotatedTypeVariable) {
      return mark + type.getType().getTypeName();
    }
    if (type instanceof AnnotatedParameterizedType parameterized) {
      Class<?> raw = (Class<?>) ((java.lang.reflect.ParameterizedType) type.getType()).getRawType();
      return mark
          + name(raw)
          + Arrays.stream(parameterized.getAnnotatedActualTypeArguments())
              .map(ApiText::type)
              .collect(Collectors.joining(", ", "<", ">"));
    }
    return mark + name((Class<?>) type.getType());
  }

  private static boolean isNullable(AnnotatedElement element) {
    return element.isAnnotationPresent(Nullable.class);
  }

  private static String deprecation(AnnotatedElement element) {
    return element.isAnnotationPresent(Deprecated.class) ? "@Deprecated " : "";
  }

  private static String name(Class<?> type) {
    String inPackage = type.getPackageName() + ".";
    if (type.isPrimitive() || KNOWN.contains(inPackage)) {
      return nameInPackage(type);
    }
    String shown = inPackage.startsWith(OURS) ? inPackage.substring(OURS.length()) : inPackage;
    return shown + nameInPackage(type);
  }

  private static String nameInPackage(Class<?> type) {
    Class<?> outer = type.getDeclaringClass();
    return (outer == null ? "" : nameInPackage(outer) + ".") + type.getSimpleName();
  }
}
