/** The program: which commands there are, and what happens to wrong usage. */
@NullMarked
package io.facepipeline.cli;

import org.jspecify.annotations.NullMarked;
