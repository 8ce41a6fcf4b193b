import { render } from 'preact';
import '../shared/base.css';
import './home.css';
import { HomePage } from './home-page.tsx';

const root = document.getElementById('app');
if (root) render(<HomePage />, root);
