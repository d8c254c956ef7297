// What is being written, and what the service says about it: checked a moment after each change.
import { computed, ref, shallowRef, watch, type Ref } from "vue";
import { inOneLanguage, Problem, type FieldProblem } from "../../api/problem";
import { policies, type Document, type InForce, type Scope } from "./api";
import { copy, documentOf, same, shopDocumentOf, type Maintenance, type Rule, type Split, type Tier, type Triggers } from "./model";

const WAIT_MS = 400;

/** The editor's state for one scope. `known` is what is in force there. */
export function useEditing(scope: Ref<Scope>, known: Ref<InForce | null>) {
  const document = ref<Document>({});
  /** As it was when editing began. */
  const beginning = shallowRef<Document>({});
  /** The name of the version that editing began from, when it is not the one in force. */
  const from = ref("");
  const problems = shallowRef<readonly FieldProblem[]>([]);
  const checking = ref(false);
  const ofShop = computed(() => scope.value.shop_id !== null);
  const changed = computed(() => !same(document.value, beginning.value));
  let waiting = 0;
  let turn = 0;

  function begin(written: Document, name = ""): void {
    document.value = copy(written);
    beginning.value = name ? inForceDocument() : copy(written);
    from.value = name;
    problems.value = [];
  }

  function inForceDocument(): Document {
    const now = known.value;
    if (now === null) return {};
    return ofShop.value ? shopDocumentOf(now.document) : documentOf(now.resolved);
  }

  const restart = (): void => begin(inForceDocument());
  watch(known, (now, before) => {
    const other = now?.merchant_id !== before?.merchant_id || now?.shop_id !== before?.shop_id;
    if (now !== null && (before === null || other || !changed.value)) restart();
  });

  async function check(): Promise<void> {
    const mine = ++turn;
    try {
      const { errors } = await policies.check(scope.value, document.value);
      if (mine === turn) problems.value = errors.map((one) => ({ ...one, message: inOneLanguage(one.message) }));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (mine === turn) problems.value = [{ field: "", message: `${error.title} ${error.detail}` }];
    } finally {
      if (mine === turn) checking.value = false;
    }
  }

  watch(
    document,
    () => {
      window.clearTimeout(waiting);
      turn += 1;
      checking.value = changed.value;
      if (changed.value) waiting = window.setTimeout(() => void check(), WAIT_MS);
      else problems.value = [];
    },
    { deep: true },
  );

  /** A part of the whole policy as it would be: the scope's own, else what it inherits. */
  function part<T>(name: string): T {
    const own = document.value[name];
    const whole = (ofShop.value ? known.value?.inherited : known.value?.resolved)?.[name];
    return (name === "split" ? { ...(whole as object), ...(own as object | undefined) } : (own ?? whole)) as T;
  }

  const set = (name: string, value: unknown): void => {
    document.value = { ...document.value, [name]: value };
  };

  /** Of a shop: back to what its merchant says. */
  function inherit(name: string): void {
    const { [name]: _, ...rest } = document.value;
    document.value = rest;
  }

  const tiers = computed(() => part<Tier[]>("tiers"));
  const triggers = computed(() => part<Triggers>("triggers"));
  const split = computed(() => part<Split>("split"));
  const rules = computed<Rule[]>(() => document.value.rules ?? []);
  const maintenance = computed(() => part<Maintenance[]>("maintenance"));
  const onRequest = computed(() => part<string[]>("on_request"));
  const without = computed(() => document.value.without_rules ?? []);
  const inheritedRules = computed(() => (ofShop.value ? (known.value?.inherited.rules ?? []) : undefined));

  return { document, from, problems, checking, changed, ofShop, tiers, triggers, split, rules, without, inheritedRules, maintenance, onRequest, part, begin, restart, set, inherit };
}
