import './shell/theme';
import './shell/keys';
import './shell/circuit';
import './elements/times';
