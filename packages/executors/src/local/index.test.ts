import { describeExecutor } from '../_testing/index.js';
import { local } from './index.js';

describeExecutor('local', async () => ({ executor: local(), settings: {} }), {
  'answers unreachable within the deadline when nothing answers': 'the machine it runs on is always there',
});
