// Adds a show/hide button beside each password. Without this file the forms work the same.
const words = document.currentScript.dataset;
for (const field of document.querySelectorAll('input[type="password"]')) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button show-password";
  button.textContent = words.show;
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => {
    const isShown = field.type === "text";
    field.type = isShown ? "password" : "text";
    button.textContent = isShown ? words.show : words.hide;
  });
  field.after(button);
  field.form.addEventListener("submit", () => { field.type = "password"; });
}
