import { fakeApi } from "../helpers/fake_manager_api.ts";
import { componentContract } from "./component_suite.ts";

componentContract("manager's api", () => Promise.resolve({ component: fakeApi().api.component() }));
