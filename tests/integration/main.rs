//! The parts together, on the engines that run in production.
