/** The pipeline as processes of their own, hurt at random, and held against its promises. */
package io.mailstream.benchmarks.faults;
