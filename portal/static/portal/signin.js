// Adds a show/hide button beside each password. Without this file the forms work the same.
for (const field of document.querySelectorAll('input[type="password"]')) {
  const isSpanish = document.documentElement.lang === "es";
  const words = isSpanish ? ["Mostrar la contraseña", "Ocultar la contraseña"] : ["Show password", "Hide password"];
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button show-password";
  button.textContent = words[0];
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => {
    const isShown = field.type === "text";
    field.type = isShown ? "password" : "text";
    button.textContent = words[isShown ? 0 : 1];
  });
  field.after(button);
  field.form.addEventListener("submit", () => { field.type = "password"; });
}
