import './shell/theme';
import './shell/keys';
import './shell/circuit';
import './elements/times';
import './elements/live';
import './elements/timeline';
import './chart/chart';
