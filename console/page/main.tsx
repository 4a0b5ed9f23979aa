/** The page's entry. */
import { render } from 'preact';
import './console.css';
import { idInAddress, takeKey } from './api.ts';
import { Shell } from './shell.tsx';
import { connection, follow, openTold, view, VIEWS } from './state.ts';

function route(): void {
  const name = location.hash.slice(1);
  view.value = VIEWS.find((each) => each === name) ?? 'calls';
}

if (takeKey()) {
  void follow();
  if (idInAddress !== null) {
    history.replaceState(null, '', '/#calls');
    void openTold(idInAddress);
  }
} else connection.value = 'key';
route();
window.addEventListener('hashchange', route);

const root = document.getElementById('console');
if (root !== null) render(<Shell />, root);
