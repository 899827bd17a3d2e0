import type { GoogleChannel } from '../../domain/generated/upstream/google_workspace/channel.js';
import type { GoogleError } from '../../domain/generated/upstream/google_workspace/error.js';
import type { GoogleGroup } from '../../domain/generated/upstream/google_workspace/group.js';
import type { GoogleGroupsPage } from '../../domain/generated/upstream/google_workspace/groups-page.js';
import type { GoogleMember } from '../../domain/generated/upstream/google_workspace/member.js';
import type { GoogleMembersPage } from '../../domain/generated/upstream/google_workspace/members-page.js';
import type { GoogleToken } from '../../domain/generated/upstream/google_workspace/token.js';
import type { GoogleTokenError } from '../../domain/generated/upstream/google_workspace/token-error.js';
import type { GoogleUser } from '../../domain/generated/upstream/google_workspace/user.js';
import type { GoogleUsersPage } from '../../domain/generated/upstream/google_workspace/users-page.js';
import { checker } from '../check.js';

export type { GoogleChannel, GoogleGroup, GoogleMember, GoogleToken, GoogleUser };

const FOLDER = 'upstream/google_workspace';

export const checkUsersPage = checker<GoogleUsersPage>(`${FOLDER}/users-page.json`, 'a page of users');
export const checkUser = checker<GoogleUser>(`${FOLDER}/user.json`, 'a user');
export const checkGroupsPage = checker<GoogleGroupsPage>(`${FOLDER}/groups-page.json`, 'a page of groups');
export const checkGroup = checker<GoogleGroup>(`${FOLDER}/group.json`, 'a group');
export const checkMembersPage = checker<GoogleMembersPage>(`${FOLDER}/members-page.json`, 'a page of members');
export const checkMember = checker<GoogleMember>(`${FOLDER}/member.json`, 'a member of a group');
export const checkToken = checker<GoogleToken>(`${FOLDER}/token.json`, 'an access token');
export const checkChannel = checker<GoogleChannel>(`${FOLDER}/channel.json`, 'a push channel');
export const checkError = checker<GoogleError>(`${FOLDER}/error.json`, 'an error');
export const checkTokenError = checker<GoogleTokenError>(`${FOLDER}/token-error.json`, 'an error');
