// Usage: node read-topics.js BOOTSTRAP REGISTRY_URL TOPIC=COUNT...
// Prints COUNT records of each topic as JSON lines. Exit code 0 when all were read, 1 after 60 s or on an error.
'use strict';
const { Kafka, logLevel } = require('kafkajs');
const { SchemaRegistry } = require('@kafkajs/confluent-schema-registry');

const TIMEOUT_MS = 60_000;
const [bootstrap, registryUrl, ...wanted] = process.argv.slice(2);
const left = new Map(wanted.map((it) => [it.split('=')[0], Number(it.split('=')[1])]));
const registry = new SchemaRegistry({ host: registryUrl });
const kafka = new Kafka({ clientId: 'interop', brokers: [bootstrap], logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: `interop-${process.pid}`, readUncommitted: false });

async function readAll() {
  await consumer.connect();
  await consumer.subscribe({ topics: [...left.keys()], fromBeginning: true });
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`not read in time: ${JSON.stringify([...left])}`)), TIMEOUT_MS).unref();
    consumer.on(consumer.events.CRASH, (event) => reject(event.payload.error));
    const eachMessage = async ({ topic, partition, message }) => {
      const value = await registry.decode(message.value);
      const { offset, timestamp } = message;
      const key = message.key.toString();
      console.log(JSON.stringify({ topic, partition, offset, timestamp, key, value }));
      left.set(topic, left.get(topic) - 1);
      if ([...left.values()].every((count) => count <= 0)) {
        resolve();
      }
    };
    consumer.run({ eachMessage }).catch(reject);
  });
}

readAll()
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => consumer.disconnect());
