// A lint rule: a Result, a ResultAsync or a promise of one that nobody looks at is a swallowed error. A result counts as
// looked at when it is kept, passed on, returned or asked anything that does not give a result again. A variable that is
// never read is biome's to find; `void` says that losing it is meant.

/** What every Result and ResultAsync of neverthrow has, and hardly anything else. */
const MEMBERS = ['mapErr', 'andThen', 'orElse', 'match', 'unwrapOr'];

export const unusedResult = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { unused: 'Nobody looks at this result: its error would be lost.' },
  },
  create(context) {
    const services = context.sourceCode.parserServices;
    const report = (node) => context.report({ node, messageId: 'unused' });
    return {
      ExpressionStatement({ expression }) {
        if (isDropped(expression, services)) report(expression);
      },
      // forEach((one) => append(one)): the arrow answers a result to somebody who expects nothing
      'ArrowFunctionExpression[expression=true]'(node) {
        if (isDropped(node.body, services) && isCalledForNothing(node, services)) report(node.body);
      },
    };
  },
};

function isDropped(expression, services) {
  return expression.type !== 'AssignmentExpression' && isResult(services.getTypeAtLocation(expression), services);
}

function isResult(type, services) {
  const awaited = services.program.getTypeChecker().getAwaitedType(type) ?? type;
  return [type, awaited].some((one) => partsOf(one).some((part) => MEMBERS.every((name) => part.getProperty(name))));
}

const partsOf = (type) => (type.isUnion() ? type.types : [type]);

function isCalledForNothing(node, services) {
  const checker = services.program.getTypeChecker();
  const signatures = checker.getContextualType(services.esTreeNodeToTSNodeMap.get(node))?.getCallSignatures() ?? [];
  return signatures.some((signature) => checker.typeToString(signature.getReturnType()) === 'void');
}
