// Before anything is painted: the theme that was chosen in this browser.
try {
  const theme = localStorage.getItem("asterism-theme");
  if (theme === "light" || theme === "dark") {
    document.documentElement.dataset.theme = theme;
  }
} catch {
  // without storage the system decides
}
