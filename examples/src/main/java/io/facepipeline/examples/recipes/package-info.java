/** The code of docs/recipes.md, compiled. */
@NullMarked
package io.facepipeline.examples.recipes;

import org.jspecify.annotations.NullMarked;
