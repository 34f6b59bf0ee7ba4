import { createMemoryLedger } from '@meshclaw/core/testing';
import { describeLedger } from './_testing/ledger-contract.js';

describeLedger('the ledger in memory', async () => createMemoryLedger());
